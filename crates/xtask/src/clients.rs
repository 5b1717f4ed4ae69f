//! What tests find in their environment.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::programs;
use xtask::servers::{Postgres, Redis};

use crate::commands::target;
use crate::provision;
use crate::steps::Steps;

/// What plays the part of clients that are not ours.
pub struct Clients {
    kosoku: PathBuf,
    python: PathBuf,
    node: PathBuf,
    modules: PathBuf,
    chromium: PathBuf,
    rust_socketio: PathBuf,
}

impl Clients {
    /// Installs what the tests need and is missing, servers included, and builds what is of Rust with this cargo.
    pub fn provide(steps: &mut Steps, cargo: Command) -> io::Result<Self> {
        provision::programs(steps)?;
        let target = target()?;
        let python = provision::python(steps, &target)?;
        let gone = || io::Error::other("Node or Chromium is gone again");
        Ok(Self {
            kosoku: python.join("kosoku"),
            python: python.join("python"),
            node: programs::node().ok_or_else(gone)?,
            modules: provision::modules(steps, &target)?,
            chromium: programs::chromium().ok_or_else(gone)?,
            rust_socketio: provision::rust_socketio(steps, cargo, &target)?,
        })
    }

    /// What tests find their servers and programs by.
    pub fn environment(&self, postgres: &Postgres, redis: &Redis) -> io::Result<[(&'static str, String); 10]> {
        let text = |path: &Path| path.display().to_string();
        let built = target()?.join("debug");
        Ok([
            ("TENON_TEST_POSTGRES", postgres.url()),
            ("TENON_TEST_REDIS", redis.url()),
            ("TENON_TEST_BINARY", text(&built.join("tenon"))),
            ("TENON_TEST_ECHO", text(&built.join("examples/echo"))),
            ("TENON_TEST_KOSOKU", text(&self.kosoku)),
            ("TENON_TEST_PYTHON", text(&self.python)),
            ("TENON_TEST_NODE", text(&self.node)),
            ("TENON_TEST_NODE_MODULES", text(&self.modules)),
            ("TENON_TEST_CHROMIUM", text(&self.chromium)),
            ("TENON_TEST_RUST_SOCKETIO", text(&self.rust_socketio)),
        ])
    }
}
