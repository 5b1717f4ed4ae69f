//! The only place that writes to the terminal; everything else logs.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;

/// Why something that was asked for could not be written.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Writes a line of what was asked for to standard output.
pub fn say(text: impl Display) {
    print(format!("{text}\n").as_bytes());
}

/// Writes what was asked for to standard output as it is.
pub fn print(bytes: &[u8]) {
    let mut output = io::stdout().lock();
    let written = output.write_all(bytes).and_then(|()| output.flush());
    // Whoever asked may have closed the pipe after the lines of interest.
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // The first one is told.
        let _ = LOST.set(error);
    }
}

/// Why something that was asked for could not be written, if that was so: a command that did everything else has failed all the same.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

/// Writes a question to standard error, and leaves the cursor behind it.
pub fn ask(text: impl Display) {
    let _ = io::stderr().write_all(format!("{text} ").as_bytes());
}

/// Writes to standard error: what went wrong, and what is meant for a person beside the logs.
pub fn tell(text: impl Display) {
    // At once, so that lines of other writers to the same file do not come in between.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}
