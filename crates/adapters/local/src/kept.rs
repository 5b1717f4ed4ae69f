use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// What is dead is thrown away whenever the number of things has doubled, beginning here.
const SWEEP: usize = 64;

/// And when there is no room, but not more often than this.
const PAUSE: Duration = Duration::from_secs(1);

/// Things that are taken once, while they live.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    things: HashMap<[u8; 32], Thing<T>>,
    size: usize,
    sweep_at: usize,
    swept: Option<Instant>,
}

#[derive(Debug)]
struct Thing<T> {
    until: Instant,
    size: usize,
    what: T,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            things: HashMap::new(),
            size: 0,
            sweep_at: SWEEP,
            swept: None,
        }))
    }
}

impl<T> Kept<T> {
    /// Keeps something of this size for this time; not if all that is kept would be larger than `most` then.
    pub fn keep(&self, key: [u8; 32], what: T, life: Duration, (size, most): (usize, usize)) {
        let now = Instant::now();
        let until = now + life;
        let mut kept = self.0.lock();
        kept.take(&key);
        let is_full = kept.size.saturating_add(size) > most;
        let may_sweep = kept.swept.is_none_or(|swept| now.duration_since(swept) >= PAUSE);
        if kept.things.len() >= kept.sweep_at || (is_full && may_sweep) {
            kept.sweep(now);
        }
        if kept.size.saturating_add(size) <= most {
            kept.size += size;
            kept.things.insert(key, Thing { until, size, what });
        }
    }

    /// Takes it, if it lives.
    pub fn take(&self, key: &[u8; 32]) -> Option<T> {
        let thing = self.0.lock().take(key)?;
        (thing.until > Instant::now()).then_some(thing.what)
    }
}

impl<T> Inner<T> {
    fn take(&mut self, key: &[u8; 32]) -> Option<Thing<T>> {
        let thing = self.things.remove(key)?;
        self.size -= thing.size;
        Some(thing)
    }

    fn sweep(&mut self, now: Instant) {
        self.things.retain(|_, thing| thing.until > now);
        self.size = self.things.values().map(|thing| thing.size).sum();
        self.sweep_at = self.things.len().saturating_mul(2).max(SWEEP);
        self.swept = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_has_no_room_is_not_kept_until_something_is_taken_or_dies() {
        let kept = Kept::default();
        kept.keep([1; 32], 'a', LONG, (6, 10));
        kept.keep([2; 32], 'b', LONG, (5, 10));
        assert_eq!(kept.take(&[2; 32]), None);
        kept.keep([1; 32], 'c', Duration::ZERO, (10, 10));
        kept.0.lock().swept = None;
        kept.keep([2; 32], 'd', LONG, (10, 10));
        assert_eq!((kept.take(&[1; 32]), kept.take(&[2; 32])), (None, Some('d')));
        assert_eq!(kept.0.lock().size, 0);
    }

    #[test]
    fn what_is_dead_takes_no_memory_for_long() {
        let kept = Kept::default();
        for key in 0..=u8::MAX {
            kept.keep([key; 32], key, Duration::ZERO, (1, usize::MAX));
            assert!(kept.0.lock().things.len() <= SWEEP);
        }
    }
}
