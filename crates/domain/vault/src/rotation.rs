use std::collections::BTreeMap;
use std::sync::Arc;

use tenon_kernel::{KeyId, Keyring, OpenError, Slot, Unavailable};

use crate::{Rewrapped, Wrapping, Wrappings};

/// Records that are wrapped anew in one transaction: few enough for others to write in between.
const BATCH: usize = 100;

/// How many records there are under which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The key that seals.
    pub current: KeyId,
    pub records: BTreeMap<KeyId, u64>,
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records that were looked at.
    pub done: u64,
    /// Records that there were to look at.
    pub all: u64,
}

/// A record that stays under its key.
#[derive(Debug)]
pub struct Unreadable {
    pub slot: Slot,
    pub why: OpenError,
}

/// Brings all sealed records under the key that seals now, while others read and write them. It may end anywhere and be begun again:
/// a record is under a key that opens it at every moment.
#[derive(Clone)]
pub struct Rotation {
    wrappings: Arc<dyn Wrappings>,
    keyring: Arc<dyn Keyring>,
}

impl Census {
    /// Records under another key than the current one.
    pub fn behind(&self) -> u64 {
        self.others().map(|(_, records)| records).sum()
    }

    /// The keys besides the current one that records are under, and how many.
    pub fn others(&self) -> impl Iterator<Item = (&KeyId, u64)> {
        let other = |(key, _): &(&KeyId, &u64)| **key != self.current;
        self.records.iter().filter(other).map(|(key, records)| (key, *records))
    }

    /// Records under `key`.
    pub fn under(&self, key: &KeyId) -> u64 {
        self.records.get(key).copied().unwrap_or_default()
    }
}

impl Rotation {
    /// A service over these ports.
    pub fn new(wrappings: Arc<dyn Wrappings>, keyring: Arc<dyn Keyring>) -> Self {
        Self { wrappings, keyring }
    }

    /// How many records there are under which key.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn census(&self) -> Result<Census, Unavailable> {
        Ok(Census {
            current: self.keyring.current(),
            records: self.wrappings.count().await?,
        })
    }

    /// Wraps the data key of every record under the current key that was under another when it was looked at, and returns those that
    /// do not open.
    ///
    /// # Errors
    ///
    /// When the store does not answer; what was done until then stays.
    pub async fn run(&self, mut report: impl FnMut(Progress)) -> Result<Vec<Unreadable>, Unavailable> {
        let census = self.census().await?;
        let (mut done, mut unreadable) = (0, Vec::new());
        for (key, _) in census.others() {
            let mut after = None;
            loop {
                let batch = self.wrappings.under(key, after.as_ref(), BATCH).await?;
                let Some(last) = batch.last() else { break };
                after = Some(last.slot);
                done += u64::try_from(batch.len()).unwrap_or_default();
                self.rewrap(batch, &mut unreadable).await?;
                report(Progress {
                    done,
                    all: census.behind().max(done),
                });
            }
        }
        Ok(unreadable)
    }

    async fn rewrap(&self, batch: Vec<Wrapping>, unreadable: &mut Vec<Unreadable>) -> Result<(), Unavailable> {
        let mut rewrapped = Vec::with_capacity(batch.len());
        for before in batch {
            match self.keyring.rewrap(&before.key, &before.wrapped, &before.slot) {
                Ok((key, wrapped)) => rewrapped.push(Rewrapped { before, key, wrapped }),
                Err(OpenError::Unavailable(error)) => return Err(error),
                Err(why) => unreadable.push(Unreadable { slot: before.slot, why }),
            }
        }
        self.wrappings.rewrap(&rewrapped).await
    }
}
