//! A client on Rust, which is not of the workspace.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::Steps;

/// Its manifest.
pub const RUST_SOCKETIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients/rust/Cargo.toml");

/// Builds the client that uses `rust_socketio` with this cargo, and answers where it is.
///
/// What the workspace depends on in the same version is there already: both build into one folder.
pub fn rust_socketio(steps: &mut Steps, mut cargo: Command, target: &Path) -> io::Result<PathBuf> {
    cargo
        .args(["build", "--locked", "--manifest-path", RUST_SOCKETIO, "--target-dir"])
        .arg(target);
    steps.command("build a client on Rust", &mut cargo)?;
    Ok(target.join("debug/tenon-test-rust-socketio"))
}
