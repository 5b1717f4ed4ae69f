//! Time as tests want it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tenon_kernel::{Clock, Timestamp};

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000_000;

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub const MICROSECOND: Duration = Duration::from_micros(1);

/// A time that is later than all that this process was given before, by an odd number of microseconds.
pub fn moment() -> Timestamp {
    static NEXT: AtomicI64 = AtomicI64::new(START);
    Timestamp::from_micros(NEXT.fetch_add(1_237, Ordering::Relaxed))
}

/// A clock that stands still until it is told otherwise.
#[derive(Debug)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub const fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.as_micros()))
    }

    pub fn set(&self, time: Timestamp) {
        self.0.store(time.as_micros(), Ordering::SeqCst);
    }

    pub fn advance(&self, span: Duration) {
        self.set(self.now().plus(span));
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
