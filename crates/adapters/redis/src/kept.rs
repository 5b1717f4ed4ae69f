//! What is kept under a digest for a while.

use std::fmt::Write as _;
use std::time::Duration;

/// `{kind}:{digest}`.
pub(crate) fn key(kind: &str, digest: &[u8; 32]) -> String {
    let mut key = String::with_capacity(kind.len() + 1 + 64);
    key.push_str(kind);
    key.push(':');
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

pub(crate) fn millis(life: Duration) -> u64 {
    u64::try_from(life.as_millis()).unwrap_or(u64::MAX)
}
