//! Statements for SQLite's own program.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs them on a database that a server may have open.
pub fn run(file: &Path, statements: &str) -> Result<()> {
    let mut child = Command::new("sqlite3")
        .arg("-bail")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("running sqlite3")?;
    let mut input = child.stdin.take().context("no input")?;
    input.write_all(statements.as_bytes())?;
    drop(input);
    ensure!(child.wait()?.success(), "sqlite3 failed");
    Ok(())
}

/// The literal of an id that JSON shows as a UUID.
pub fn blob(id: &str) -> String {
    format!("X'{}'", id.replace('-', ""))
}
