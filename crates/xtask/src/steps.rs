//! Steps of a task: commands run one after another, timed, and ended by Ctrl-C or SIGTERM.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use xtask::poll::poll;

const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);
const STOP_LIMIT: Duration = Duration::from_secs(10);

pub struct Steps {
    interrupted: Arc<AtomicBool>,
    timings: Vec<(String, Duration)>,
}

impl Steps {
    /// From here on, Ctrl-C, SIGTERM and SIGHUP end the running step instead of this process, so that servers stop.
    pub fn new() -> io::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
        }
        Ok(Self {
            interrupted,
            timings: Vec::new(),
        })
    }

    /// Runs a task and then prints how long each of its steps took.
    pub fn timed(&mut self, task: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let begin = Instant::now();
        let outcome = task(self);
        for (name, time) in &self.timings {
            report(&format!("{:>8.1} s  {name}", time.as_secs_f64()));
        }
        report(&format!("{:>8.1} s  in all", begin.elapsed().as_secs_f64()));
        outcome
    }

    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.uninterrupted()?;
        report(&format!("==> {name}"));
        let begin = Instant::now();
        let outcome = work();
        self.timings.push((name.to_owned(), begin.elapsed()));
        outcome
    }

    /// Runs `command` in a process group of its own; an interruption ends the group and every process in it.
    pub fn command(&mut self, name: &str, command: &mut Command) -> io::Result<()> {
        let interrupted = Arc::clone(&self.interrupted);
        let status = self.step(name, || {
            let mut child = command.process_group(0).stdin(Stdio::null()).spawn()?;
            wait(&mut child, &interrupted)
        })?;
        self.uninterrupted()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{name} failed: {status}")))
        }
    }

    pub fn until_interrupted(&self) -> io::Result<()> {
        poll(FOREVER, || Ok(self.interrupted.load(Ordering::Relaxed).then_some(()))).map(drop)
    }

    fn uninterrupted(&self) -> io::Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
        }
        Ok(())
    }
}

fn wait(child: &mut Child, interrupted: &AtomicBool) -> io::Result<ExitStatus> {
    let ended = poll(FOREVER, || match child.try_wait()? {
        None if interrupted.load(Ordering::Relaxed) => Ok(Some(None)),
        None => Ok(None),
        status => Ok(Some(status)),
    })?;
    if let Some(Some(status)) = ended {
        return Ok(status);
    }
    let group = Pid::from_child(child);
    kill_process_group(group, Signal::TERM)?;
    if let Some(status) = poll(STOP_LIMIT, || child.try_wait())? {
        return Ok(status);
    }
    kill_process_group(group, Signal::KILL)?;
    child.wait()
}

/// One line to standard error; standard output is left to the tests.
pub fn report(line: &str) {
    let written = writeln!(io::stderr(), "{line}");
    drop(written);
}
