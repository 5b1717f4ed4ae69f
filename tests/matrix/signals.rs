//! Processes that are stopped and go on.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// Processes that do nothing until this is dropped.
pub struct Paused(Vec<Pid>);

impl Paused {
    /// A process and the children that it has.
    pub fn with_children(process: u32) -> Self {
        let mut paused = Self(Vec::new());
        paused.pause(process);
        for child in children(process) {
            paused.pause(child);
        }
        paused
    }

    fn pause(&mut self, process: u32) {
        let process = Pid::from_raw(process.cast_signed()).unwrap();
        // A child may have ended meanwhile.
        if kill_process(process, Signal::STOP).is_ok() {
            self.0.push(process);
        }
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        for process in &self.0 {
            let _ = kill_process(*process, Signal::CONT);
        }
    }
}

/// The children that a process has now; where `/proc` does not say so, none.
pub fn children(process: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    listed.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}
