use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::{Cluster, Snapshot};

/// Those who wait for the next update.
#[derive(Debug, Default)]
pub(crate) struct Changes(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    wakers: HashMap<u64, Waker>,
}

impl Changes {
    /// Wakes all who wait. What they wait for must be there.
    pub fn wake(&self) {
        let wakers = std::mem::take(&mut self.lock().wakers);
        wakers.into_values().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What a panic left is a map of wakers.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.lock().wakers.len()
    }
}

/// Waits for a snapshot of a later update; see [`Cluster::changed`].
#[must_use = "it waits only while it is awaited"]
#[derive(Debug)]
pub struct Changed {
    cluster: Cluster,
    known: u64,
    place: Option<u64>,
}

impl Changed {
    pub(crate) const fn new(cluster: Cluster, known: u64) -> Self {
        Self {
            cluster,
            known,
            place: None,
        }
    }
}

impl Future for Changed {
    type Output = Arc<Snapshot>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Arc<Snapshot>> {
        let this = &mut *self;
        let mut waiting = this.cluster.changes().lock();
        // Looked at under the lock that the update takes after it, so that none is missed.
        let current = this.cluster.snapshot();
        if current.update > this.known {
            return Poll::Ready(current);
        }
        let place = *this.place.get_or_insert_with(|| {
            waiting.next += 1;
            waiting.next
        });
        waiting.wakers.insert(place, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.cluster.changes().lock().wakers.remove(&place);
        }
    }
}
