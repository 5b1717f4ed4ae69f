use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tenon_kernel::{Clock, Timestamp};

/// The system's clock in microseconds. When it is set back, time stands still here until it has caught up, so that nothing
/// in this process happens before its cause.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

impl SystemClock {
    /// No less than any earlier result, and no less than `micros`.
    fn advance(&self, micros: i64) -> i64 {
        self.latest.fetch_max(micros, Ordering::Relaxed).max(micros)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(self.advance(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn time_does_not_go_back_when_the_system_clock_does() {
        let clock = SystemClock::default();
        assert_eq!(clock.advance(1000), 1000);
        assert_eq!(clock.advance(400), 1000);
        assert_eq!(clock.advance(1001), 1001);
    }

    #[test]
    fn threads_never_see_an_earlier_time_than_before() {
        let clock = SystemClock::default();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let times: Vec<Timestamp> = (0..10_000).map(|_| clock.now()).collect();
                    assert!(times.is_sorted());
                });
            }
        });
    }

    #[test]
    fn the_time_is_the_systems() {
        let micros = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        let (before, now, after) = (micros(), SystemClock::default().now(), micros());
        assert!((before..=after).contains(&u128::try_from(now.as_micros()).unwrap()));
    }
}
