//! The unprivileged account for Postgres, which refuses to run as root.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

#[derive(Clone, Copy)]
pub(super) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// The account to use in place of root, or `None` for everybody else.
    pub(super) fn instead_of_root() -> io::Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let found = ["postgres", "nobody"].into_iter().find_map(Self::named);
        let missing = || io::Error::other("Postgres does not run as root, and there is no user `postgres` or `nobody`");
        found.map(Some).ok_or_else(missing)
    }

    fn named(name: &str) -> Option<Self> {
        Some(Self {
            user: id("-u", name)?,
            group: id("-g", name)?,
        })
    }

    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.user), Some(self.group))
    }

    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }
}

fn id(which: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([which, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
