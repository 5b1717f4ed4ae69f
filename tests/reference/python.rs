//! Programs on the Python of the tests.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tenon_tests::program::variable;
use tokio::process::Command;
use tokio::time::timeout;

/// A program that came with a package.
pub fn program(name: &str) -> Command {
    let python = PathBuf::from(variable("TENON_TEST_PYTHON"));
    Command::new(python.with_file_name(name))
}

/// A script of this folder.
pub fn script(name: &str) -> Command {
    let mut command = Command::new(variable("TENON_TEST_PYTHON"));
    command.arg(folder().join(name));
    command
}

/// Where this test is.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// Runs it to its end.
///
/// # Panics
///
/// With what it said, when it fails or does not end in this time.
pub async fn run(command: &mut Command, within: Duration) -> String {
    let command = command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    let running = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = timeout(within, running.unwrap().wait_with_output()).await;
    let output = output
        .unwrap_or_else(|_| panic!("{name} did not end in {within:?}"))
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{name} failed:\n{said}");
    said
}
