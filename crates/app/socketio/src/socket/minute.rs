use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// What a client sent in a minute, which begins with the first packet after the last one was over.
#[derive(Default)]
pub(super) struct Minute(Cell<Option<(Instant, u32)>>);

impl Minute {
    /// Counts a packet; false when it is one too many.
    pub fn count(&self, most: NonZeroU32, now: Instant) -> bool {
        let (begin, before) = match self.0.get() {
            Some((begin, packets)) if now.duration_since(begin) < MINUTE => (begin, packets),
            _ => (now, 0),
        };
        let packets = before.saturating_add(1);
        self.0.set(Some((begin, packets)));
        packets <= most.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_begins_with_its_first_packet() {
        let (minute, most) = (Minute::default(), NonZeroU32::new(2).unwrap());
        let begin = Instant::now();
        let after = |milliseconds| begin + Duration::from_millis(milliseconds);
        assert!(minute.count(most, begin));
        assert!(minute.count(most, after(59_998)));
        assert!(!minute.count(most, after(59_999)));
        assert!(minute.count(most, after(90_000)));
        assert!(minute.count(most, after(149_998)));
        assert!(!minute.count(most, after(149_999)));
        assert!(minute.count(most, after(150_000)));
    }

    #[test]
    fn what_is_not_limited_is_never_too_much() {
        let (now, minute) = (Instant::now(), Minute::default());
        minute.0.set(Some((now, u32::MAX - 1)));
        for _ in 0..3 {
            assert!(minute.count(NonZeroU32::MAX, now));
        }
    }
}
