//! A server process of ours: started with a log file, ended by its id, and never left behind.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use xtask::poll::poll;

const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// A running server. Dropping it asks it to stop, waits, and kills it if it does not.
pub struct ServerProcess {
    child: Child,
    name: String,
}

impl ServerProcess {
    /// Starts the command with both outputs in `log`, on the one core if there is one.
    ///
    /// It goes through setpriv(1), which every Linux with util-linux has, so that the kernel stops the server when this
    /// process is killed; the id stays the server's own.
    pub fn start(name: &str, command: &Command, core: Option<usize>, log: &Path) -> Result<Self> {
        let output = File::create(log)?;
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--pdeathsig", "TERM"]);
        if let Some(core) = core {
            wrapped.args(["taskset", "--cpu-list", &core.to_string()]);
        }
        wrapped.arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(key, value),
                None => wrapped.env_remove(key),
            };
        }
        wrapped.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = wrapped.spawn().with_context(|| format!("starting {name}"))?;
        Ok(Self {
            child,
            name: name.to_owned(),
        })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails with the end of the log when the process has ended.
    pub fn check(&mut self, log: &Path) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended with {status}:\n{}", self.name, tail(log));
        }
        Ok(())
    }
}

/// The last 2,000 characters of a file.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let skipped = text.chars().count().saturating_sub(2_000);
    text.chars().skip(skipped).collect()
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // An error has nowhere to go here.
        let _ = end(&mut self.child, STOP_TIMEOUT);
    }
}

/// Asks a child to stop, waits so long, and kills it if it does not.
pub fn end(child: &mut Child, within: Duration) -> io::Result<()> {
    if child.try_wait()?.is_none() {
        kill_process(Pid::from_child(child), Signal::TERM)?;
    }
    if poll(within, || child.try_wait())?.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(())
}
