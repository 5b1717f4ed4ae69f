//! The one Chromium of a process, in which each browser has a profile of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::program::variable;

/// Far more than it takes to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing that is fetched in the background, no name that leads out of this machine, and no page that is slowed down because
/// another one lies above it.
const FLAGS: [&str; 19] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

const LISTENS: &str = "DevTools listening on ";

/// What runs now, as long as somebody has it.
static RUNNING: Mutex<Weak<Chromium>> = Mutex::new(Weak::new());

/// It ends with the last browser in it.
pub struct Chromium {
    child: Child,
    /// Where it takes commands.
    pub url: String,
    _profile: TempDir,
}

impl Chromium {
    /// The one that runs, or else a new one. Waits until it takes commands.
    pub fn shared() -> Arc<Self> {
        let mut running = RUNNING.lock();
        running.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *running = Arc::downgrade(&started);
            started
        })
    }

    fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(variable("TENON_TEST_CHROMIUM"));
        command
            .args(FLAGS)
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().unwrap();
        let url = listens(child.stderr.take().unwrap());
        Self {
            child,
            url,
            _profile: profile,
        }
    }
}

impl Drop for Chromium {
    /// With the processes that it started.
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Where the browser takes commands, which it says among other things.
fn listens(said: ChildStderr) -> String {
    let (tell, told) = mpsc::channel();
    // Whatever else it says has to go somewhere.
    thread::spawn(move || {
        let mut before = Vec::new();
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            match line.strip_prefix(LISTENS) {
                Some(url) => {
                    let _ = tell.send(Ok(url.to_owned()));
                }
                None => before.push(line),
            }
        }
        let _ = tell.send(Err(before));
    });
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(url)) => url,
        other => panic!("Chromium does not start: {other:?}"),
    }
}
