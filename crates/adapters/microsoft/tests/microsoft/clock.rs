use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tenon_kernel::{Clock, Timestamp};

/// A clock that stands still until it is moved.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Arc<Self> {
        let noon = Timestamp::parse("2026-01-01T12:00:00Z").unwrap();
        Arc::new(Self(AtomicI64::new(noon.as_micros())))
    }

    /// One that starts with the system's time.
    pub fn of_today() -> Arc<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Arc::new(Self(AtomicI64::new(i64::try_from(since.as_micros()).unwrap())))
    }

    pub fn forward(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}
