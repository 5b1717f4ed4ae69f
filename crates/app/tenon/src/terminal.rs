//! The only place that writes to the terminal; everything else logs.

use std::fmt::Display;
use std::io::Write;

/// Writes what was asked for to standard output.
pub fn say(text: impl Display) {
    // Whoever asked may have closed the pipe after the lines of interest; nobody is left to tell.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes a question to standard error, and leaves the cursor behind it.
pub fn ask(text: impl Display) {
    let _ = std::io::stderr().write_all(format!("{text} ").as_bytes());
}

/// Writes to standard error: what went wrong, and what is meant for a person beside the logs.
pub fn tell(text: impl Display) {
    // At once, so that lines of other writers to the same file do not come in between.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
