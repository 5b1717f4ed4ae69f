//! The clock of one instance, which can be set.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};

/// What makes a process look at such clocks, compiled from `clock.c`.
pub struct Clockwork(PathBuf);

/// See the module.
pub struct Clock {
    file: File,
    path: PathBuf,
    /// In seconds.
    ahead: AtomicI64,
    furthest: AtomicI64,
}

impl Clockwork {
    /// Compiles it into a folder, with the C compiler that links Rust programs.
    pub fn make(folder: &Path) -> Self {
        let library = folder.join("clock.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/matrix/clock.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        assert!(compiled.unwrap().success(), "clock.c does not compile");
        Self(library)
    }

    /// The variables of a process with this clock.
    pub fn variables(&self, clock: &Clock) -> [(&'static str, String); 2] {
        [
            ("LD_PRELOAD", self.0.display().to_string()),
            ("FAULTS_CLOCK", clock.path.display().to_string()),
        ]
    }
}

impl Clock {
    /// One that goes right, kept in a folder under a number.
    pub fn right(folder: &Path, number: usize) -> Self {
        let path = folder.join(format!("clock-{number}"));
        let file = File::create(&path).unwrap();
        file.write_all_at(&0_i64.to_ne_bytes(), 0).unwrap();
        Self {
            file,
            path,
            ahead: AtomicI64::new(0),
            furthest: AtomicI64::new(0),
        }
    }

    /// Sets it ahead by so many seconds, or back, but not behind the right time nor ahead by more than `most`. False if it is there already.
    pub fn jump(&self, seconds: i64, most: i64) -> bool {
        let before = self.ahead.load(Ordering::Relaxed);
        let after = (before + seconds).clamp(0, most);
        self.set(after);
        after != before
    }

    /// Sets it where it was when it was furthest ahead, from where time goes on for a process that does not go back.
    pub fn catch_up(&self) {
        self.set(self.furthest.load(Ordering::Relaxed));
    }

    fn set(&self, seconds: i64) {
        self.file.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
        self.ahead.store(seconds, Ordering::Relaxed);
        self.furthest.fetch_max(seconds, Ordering::Relaxed);
    }
}
