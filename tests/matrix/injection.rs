//! System calls of running processes that fail or take long, by `strace`.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};
use xtask::programs;

/// Far more than it takes to attach to a process.
const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(5);

/// What happens to some system calls of some processes, until this is dropped.
pub struct Injection(Child);

impl Injection {
    /// Attaches to the processes, and returns when it has, or nothing when they ended or nobody may attach to them.
    pub async fn into(processes: &[u32], calls: &str, effect: &str) -> Option<Self> {
        let strace = programs::on_path("strace").expect("strace is not installed: run `cargo xtask provision`");
        let mut command = Command::new(strace);
        command.args(["-f", "-q", "-o", "/dev/null", "-e"]);
        command
            .arg(format!("trace={calls}"))
            .arg("-e")
            .arg(format!("inject={calls}:{effect}"));
        for process in processes {
            command.arg("-p").arg(process.to_string());
        }
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut injection = Self(child);
        let begin = Instant::now();
        while !processes.iter().any(|process| is_traced(*process)) {
            if injection.0.try_wait().unwrap().is_some() || begin.elapsed() > PATIENCE {
                return None;
            }
            sleep(PAUSE).await;
        }
        Some(injection)
    }
}

impl Drop for Injection {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            // It lets go of all of them before it ends.
            let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        }
        drop(self.0.wait());
    }
}

fn is_traced(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}
