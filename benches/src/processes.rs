//! CPU time and memory of processes, from `/proc` (proc_pid_stat(5)). Linux only.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// `USER_HZ`, which Linux fixes at 100 for what `/proc` shows on every architecture in use.
const TICKS_PER_SECOND: u64 = 100;

struct Process {
    id: u32,
    parent: u32,
    own_ticks: u64,
    reaped_ticks: u64,
}

impl Process {
    /// The name in parentheses may itself hold parentheses and spaces, so fields are counted after the last one.
    fn parse(stat: &str) -> Option<Self> {
        let id = stat.split(' ').next()?.parse().ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            id,
            parent: u32::try_from(number(1)?).ok()?,
            own_ticks: number(11)? + number(12)?,
            reaped_ticks: number(13)? + number(14)?,
        })
    }
}

fn duration(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
}

/// User and system time of the process, of all its live descendants, and of those that have ended and been waited for.
/// The resolution is 10 ms.
pub fn cpu_of_tree(root: u32) -> Result<Duration> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        // A process may end between being listed and being read.
        if let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) {
            processes.extend(Process::parse(&stat));
        }
    }
    let mut tree = HashSet::from([root]);
    loop {
        let before = tree.len();
        tree.extend(
            processes
                .iter()
                .filter(|process| tree.contains(&process.parent))
                .map(|process| process.id)
                .collect::<Vec<_>>(),
        );
        if tree.len() == before {
            break;
        }
    }
    let ticks = processes.iter().filter(|process| tree.contains(&process.id));
    Ok(duration(
        ticks.map(|process| process.own_ticks + process.reaped_ticks).sum(),
    ))
}

/// User and system time of this process alone, without the servers that it started.
pub fn cpu_of_self() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let process = Process::parse(&stat).context("/proc/self/stat is not as proc_pid_stat(5) says")?;
    Ok(duration(process.own_ticks))
}

/// User, nice, system and stolen time of the whole machine since it started (proc_stat(5)); interrupts are left out,
/// because no process's own time holds them either.
pub fn cpu_of_machine() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let fields: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|field| field.parse().ok())
        .collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    Ok(duration(field(0) + field(1) + field(2) + field(7)))
}

/// The cores of the machine, also when this process is kept on one of them.
pub fn cores() -> Result<usize> {
    let stat = fs::read_to_string("/proc/stat")?;
    let is_core = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    Ok(stat.lines().filter(is_core).count())
}

/// The process's resident memory, in KiB.
pub fn resident_kib(id: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_shifts_no_field() -> Result<()> {
        let stat = "42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 11 22 33 44 20 0 1 0 100";
        let process = Process::parse(stat).context("not parsed")?;
        assert_eq!(
            (process.id, process.parent, process.own_ticks, process.reaped_ticks),
            (42, 7, 33, 77)
        );
        Ok(())
    }

    #[test]
    fn the_tree_of_this_process_includes_its_own_time() -> Result<()> {
        let own = cpu_of_self()?;
        assert!(cpu_of_tree(std::process::id())? >= own);
        assert!(resident_kib(std::process::id())? > 0);
        Ok(())
    }
}
