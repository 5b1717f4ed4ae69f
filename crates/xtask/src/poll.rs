//! Waiting for something that another process does.

use std::time::{Duration, Instant};
use std::{io, thread};

const PAUSE: Duration = Duration::from_millis(10);

/// Asks `answer` every 10 ms until it gives a value or `limit` has passed; then `None`.
///
/// # Errors
/// The first error of `answer`.
pub fn poll<T>(limit: Duration, mut answer: impl FnMut() -> io::Result<Option<T>>) -> io::Result<Option<T>> {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = answer()? {
            return Ok(Some(value));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing here is asynchronous: the thread has only this to wait for"
)]
fn pause() {
    thread::sleep(PAUSE);
}
