use std::time::Duration;

use crate::encoding::random;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait before the next attempt: twice as long each time, and a random part of that, so that all who were cut off
/// together do not come back together.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub fn new() -> Self {
        Self { next: FIRST }
    }

    /// Begins again, because an attempt succeeded.
    pub fn reset(&mut self) {
        self.next = FIRST;
    }

    pub fn next(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        jittered(wait)
    }
}

/// Between half of it and all of it.
pub(super) fn jittered(wait: Duration) -> Duration {
    let half = wait / 2;
    // Without random numbers everybody waits for the whole time.
    let [byte] = random().unwrap_or([u8::MAX]);
    half + half * u32::from(byte) / u32::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_begin_again() {
        let mut backoff = Backoff::new();
        for attempt in 0..12u32 {
            let whole = (FIRST * 2u32.pow(attempt)).min(LONGEST);
            let wait = backoff.next();
            assert!(whole / 2 <= wait && wait <= whole, "{attempt}: {wait:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }

    #[test]
    fn waits_differ() {
        let waits: std::collections::BTreeSet<_> = (0..100).map(|_| jittered(LONGEST)).collect();
        assert!(waits.len() > 10);
    }
}
