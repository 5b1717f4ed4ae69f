//! Tables for people and JSON for programs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use serde_json::{Value, json};

use crate::processes::cores;
use crate::server::repository;

/// Writes to standard output.
pub fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

/// Writes to standard error; that nobody may be reading is no failure of the run.
pub fn progress(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A Markdown table, its columns padded so that it reads well as plain text too.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let width = |column: usize| {
        let cells = std::iter::once(&head).chain(rows).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!(" {cell:<width$} |"));
        format!("|{}\n", cells.collect::<String>())
    };
    let rule = format!(
        "|{}\n",
        widths
            .iter()
            .map(|width| format!("{}|", "-".repeat(width + 2)))
            .collect::<String>()
    );
    [line(&head), rule].into_iter().chain(rows.iter().map(line)).collect()
}

/// A rate or a count, in whole thousands where that is precise enough.
pub fn rate(value: f64) -> String {
    if value >= 10_000.0 {
        format!("{:.1} k", value / 1000.0)
    } else {
        format!("{value:.0}")
    }
}

/// Microseconds shown as milliseconds.
pub fn millis(micros: f64) -> String {
    format!("{:.2}", micros / 1000.0)
}

/// The variable that names the file for [`save`].
pub const RESULT: &str = "TENON_BENCH_RESULT";

/// Writes `target/benches/<name>-<time>.json`, or the file that [`RESULT`] names, with the machine beside the results, and
/// tells where.
pub fn save(name: &str, results: Value) -> Result<PathBuf> {
    let folder = repository().join("target/benches");
    fs::create_dir_all(&folder)?;
    let time = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let named = std::env::var_os(RESULT).map(PathBuf::from);
    let path = named.unwrap_or_else(|| folder.join(format!("{name}-{time}.json")));
    if is_in_memory(&std::env::temp_dir()) {
        progress(
            "The temporary folder is in memory, where durable writes cost nothing: name one on a disk with TMPDIR.",
        );
    }
    let document = json!({ "time": time, "machine": machine(), "results": results });
    fs::write(&path, serde_json::to_vec_pretty(&document)?)?;
    Ok(path)
}

fn machine() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    json!({
        "cores": cores().unwrap_or(0),
        "processor": model.trim_start_matches([' ', '\t', ':']),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "loadAverage": read("/proc/loadavg").trim(),
        "dataInMemory": is_in_memory(&std::env::temp_dir()),
    })
}

/// Whether what is written there is never on a disk, so that to be durable costs nothing (`statfs(2)`).
fn is_in_memory(folder: &Path) -> bool {
    const TMPFS: u64 = 0x0102_1994;
    rustix::fs::statfs(folder).is_ok_and(|system| u64::try_from(system.f_type).is_ok_and(|kind| kind == TMPFS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_wide_as_its_widest_cell() {
        let drawn = table(&["a", "rate"], &[vec!["Tenon".into(), "1".into()]]);
        assert_eq!(drawn, "| a     | rate |\n|-------|------|\n| Tenon | 1    |\n");
    }
}
