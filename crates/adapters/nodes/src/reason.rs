//! What the operator is told of a failure: some words, and nothing of the address.

use std::error::Error;
use std::io;

use tenon_cluster::Unreachable;

/// The longest text of an error that is told.
const LONGEST: usize = 120;

pub fn timed_out() -> Unreachable {
    Unreachable("timed out".into())
}

pub fn of_status(status: u16) -> Unreachable {
    Unreachable(format!("answered {status}").into())
}

pub fn of_io(error: &io::Error) -> Unreachable {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Unreachable("connection refused".into()),
        io::ErrorKind::TimedOut => timed_out(),
        _ => told(error),
    }
}

/// What is at the bottom of it, because the layers above say little more than that something failed.
pub fn of_http(error: &reqwest::Error) -> Unreachable {
    let mut deepest: &(dyn Error + 'static) = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    match deepest.downcast_ref::<io::Error>() {
        Some(error) => of_io(error),
        None if deepest.is::<reqwest::Error>() => Unreachable("the request failed".into()),
        None => told(deepest),
    }
}

fn told(error: &dyn Error) -> Unreachable {
    let text = error.to_string();
    Unreachable(text.chars().take(LONGEST).collect::<String>().into())
}
