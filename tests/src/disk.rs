//! Disks without space. The limit of a process on the size of its files stands in for one: beyond it, a write fails.

use std::path::PathBuf;

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::app::TestApp;

/// What to start a server through that is to be limited: without the trap, the signal that comes with a failed write would end it.
pub const TRAPPED: [&str; 4] = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

/// No file that the server writes grows beyond so many bytes from now on.
pub fn limit(app: &TestApp, bytes: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(app.pid()).unwrap());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

/// The log of a server's SQLite database.
pub fn log_of(app: &TestApp) -> PathBuf {
    let database = app.database().url().strip_prefix("sqlite:").unwrap();
    PathBuf::from(format!("{database}-wal"))
}
