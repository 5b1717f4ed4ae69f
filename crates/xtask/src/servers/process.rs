//! A server as a process: started, awaited, stopped and started again on its port.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::account::Account;
use super::port;
use crate::poll::poll;

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(15);
const PORTS_TRIED: usize = 5;

/// What differs from one server program to another.
pub(super) struct Service {
    pub program: PathBuf,
    /// The arguments for a data folder and a port.
    pub arguments: fn(&Path, u16) -> Vec<String>,
    /// Whether the process with this id answers; asked again and again after the start.
    pub ready: fn(&Path, u16, u32) -> bool,
    /// The signal for an orderly stop that does not wait for clients.
    pub stop: Signal,
    pub account: Option<Account>,
}

pub(super) struct Process {
    service: Service,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Process {
    pub(super) fn start(service: Service, folder: TempDir) -> io::Result<Self> {
        let mut process = Self {
            service,
            folder,
            port: port::free()?,
            child: None,
        };
        for _ in 1..PORTS_TRIED {
            match process.launch() {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => process.port = port::free()?,
                other => return other.map(|()| process),
            }
        }
        process.launch().map(|()| process)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    pub(super) fn stop(&mut self) -> io::Result<()> {
        let Some(child) = &mut self.child else { return Ok(()) };
        if child.try_wait()?.is_none() {
            kill_process(Pid::from_child(child), self.service.stop)?;
        }
        if poll(STOP_LIMIT, || child.try_wait())?.is_none() {
            return self.kill();
        }
        self.child = None;
        Ok(())
    }

    pub(super) fn kill(&mut self) -> io::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// After a kill, the children of a server may hold its port or its shared memory for a moment.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        self.stop()?;
        let started = poll(START_LIMIT, || match self.launch() {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Ok(None),
            other => other.map(Some),
        })?;
        started.ok_or_else(|| self.failed("found its port or its shared memory still in use"))
    }

    fn launch(&mut self) -> io::Result<()> {
        let mut child = self.spawn()?;
        let (folder, port, ready) = (self.folder.path(), self.port, self.service.ready);
        let state = poll(START_LIMIT, || match child.try_wait()? {
            Some(status) => Ok(Some(State::Exited(status))),
            None => Ok(ready(folder, port, child.id()).then_some(State::Ready)),
        })?;
        self.child = Some(child);
        match state {
            Some(State::Ready) => Ok(()),
            Some(State::Exited(status)) => {
                self.child = None;
                Err(self.failed(&format!("ended with {status}")))
            }
            None => {
                self.kill()?;
                Err(self.failed("did not answer in time"))
            }
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let folder = self.folder.path();
        let log = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(folder.join("log"))?;
        let mut command = Command::new(&self.service.program);
        command.args((self.service.arguments)(folder, self.port));
        if let Some(account) = self.service.account {
            account.run(&mut command);
        }
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
    }

    fn failed(&self, what: &str) -> io::Error {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let busy = log.contains("Address already in use") || log.contains("shared memory block");
        let kind = if busy {
            io::ErrorKind::AddrInUse
        } else {
            io::ErrorKind::Other
        };
        io::Error::new(
            kind,
            format!("the server on port {} {what}; its log:\n{log}", self.port),
        )
    }
}

impl Drop for Process {
    /// An error has nowhere to go here, and the last resort of `stop` is already a kill.
    fn drop(&mut self) {
        drop(self.stop());
    }
}

enum State {
    Ready,
    Exited(ExitStatus),
}
