//! What all results come to: each target beside what was measured, the tables, and charts.

mod chart;
mod charts;
mod results;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use crate::report::{say, table};
use crate::server::repository;
use results::Results;
use targets::{Target, targets};

/// `summary`.
#[derive(Args)]
pub struct Summary {
    /// The folder of a run; the latest in `target/benches` if none is named.
    folder: Option<PathBuf>,
    /// Put the tables into `docs/performance.md`, between its marks, and the charts into `docs/images`.
    #[arg(long)]
    docs: bool,
}

impl Summary {
    /// Writes the summary beside the results, and into the documentation if that is asked for.
    pub fn run(self) -> Result<()> {
        let folder = self.folder.map_or_else(latest, Ok)?;
        write(&folder)?;
        if self.docs {
            publish(&folder)?;
        }
        Ok(())
    }
}

/// Writes `summary.md`, `summary.json` and the charts beside the results, and prints the targets.
pub fn write(folder: &Path) -> Result<()> {
    let results = Results::read(folder)?;
    let targets = targets(&results);
    let against = drawn(&targets);
    fs::write(folder.join("summary.md"), format!("{against}\n{}", tables(folder)?))?;
    let document = json!({ "machine": results.machine(), "targets": targets });
    fs::write(folder.join("summary.json"), serde_json::to_vec_pretty(&document)?)?;
    for (name, drawing) in charts::all(&results) {
        fs::write(folder.join(name), drawing)?;
    }
    say(&against)?;
    say(&format!("Written to {}.", folder.join("summary.md").display()))
}

fn drawn(targets: &[Target]) -> String {
    let rows: Vec<_> = targets.iter().map(Target::row).collect();
    table(&["", "target", "measured", ""], &rows)
}

/// What the steps printed, in the order of their names' files.
fn tables(folder: &Path) -> Result<String> {
    let mut all = String::new();
    for name in crate::all::steps() {
        let Ok(printed) = fs::read_to_string(folder.join(format!("{name}.txt"))) else {
            continue;
        };
        let kept: Vec<_> = printed.lines().filter(|line| !line.starts_with("Written to")).collect();
        let kept = kept.join("\n");
        if !kept.trim().is_empty() {
            all.push_str(&format!("\n### {name}\n\n{}\n", kept.trim()));
        }
    }
    Ok(all)
}

/// Replaces what stands between the marks of `docs/performance.md`.
fn publish(folder: &Path) -> Result<()> {
    let docs = repository().join("docs");
    let page = docs.join("performance.md");
    let results = Results::read(folder)?;
    let missing: Vec<_> = crate::all::steps().filter(|step| !results.has(step)).collect();
    ensure!(
        missing.is_empty(),
        "{} has nothing of {}",
        folder.display(),
        missing.join(", ")
    );
    let mut text = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    text = between(&text, "machine", &results.machine())?;
    text = between(&text, "targets", &drawn(&targets(&results)))?;
    text = between(&text, "tables", &tables(folder)?)?;
    fs::write(&page, text)?;
    for (name, drawing) in charts::all(&results) {
        fs::write(docs.join("images").join(name), drawing)?;
    }
    say(&format!("Put into {}.", page.display()))
}

/// The text with other content between `<!-- name -->` and `<!-- end of name -->`.
fn between(text: &str, name: &str, content: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).with_context(|| format!("no {begin}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("no {end}"))?;
    Ok(format!("{before}{begin}\n\n{}\n\n{end}{after}", content.trim()))
}

fn latest() -> Result<PathBuf> {
    let runs = fs::read_dir(repository().join("target/benches"))?;
    let runs = runs.filter_map(|entry| Some(entry.ok()?.path()));
    let named = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("run-"))
    };
    runs.filter(named).max().context("no run in target/benches")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() -> Result<()> {
        let text = "a\n<!-- t -->\nold\n<!-- end of t -->\nb\n";
        let replaced = between(text, "t", "new\n")?;
        assert_eq!(replaced, "a\n<!-- t -->\n\nnew\n\n<!-- end of t -->\nb\n");
        assert_eq!(between(&replaced, "t", "new")?, replaced);
        assert!(between("none", "t", "new").is_err());
        Ok(())
    }
}
