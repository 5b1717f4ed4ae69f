//! Ports for servers.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ranges that Linux and macOS take outgoing connections' ports from, so a stopped server finds its port
/// free when it comes back.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// A port of 127.0.0.1 on which nothing listens. Another process may still take it first.
///
/// # Errors
///
/// When there is none.
pub fn free() -> io::Result<u16> {
    let start = std::process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let step = TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        let port = u16::try_from(port).map_err(io::Error::other)?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AddrNotAvailable,
        "every port from 20000 to 31999 is in use",
    ))
}
