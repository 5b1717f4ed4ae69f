use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// What is dead is thrown away whenever the number of things has doubled, beginning here.
const SWEEP: usize = 64;

/// Things that are taken once, while they live.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    things: HashMap<[u8; 32], (Instant, T)>,
    sweep_at: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            things: HashMap::new(),
            sweep_at: SWEEP,
        }))
    }
}

impl<T> Kept<T> {
    /// Keeps something for this time, unless so many things live already.
    pub fn keep(&self, key: [u8; 32], thing: T, life: Duration, most: usize) {
        let now = Instant::now();
        let mut kept = self.0.lock();
        if kept.things.len() >= kept.sweep_at.min(most) {
            kept.things.retain(|_, (until, _)| *until > now);
            kept.sweep_at = kept.things.len().saturating_mul(2).max(SWEEP);
        }
        if kept.things.len() < most {
            kept.things.insert(key, (now + life, thing));
        }
    }

    /// Takes it, if it lives.
    pub fn take(&self, key: &[u8; 32]) -> Option<T> {
        let (until, thing) = self.0.lock().things.remove(key)?;
        (until > Instant::now()).then_some(thing)
    }
}
