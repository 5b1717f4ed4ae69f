use std::collections::{BTreeMap, BTreeSet};

use super::{Error, Incoming};
use crate::keystore::{Changes, Store};

const INBOX: &str = "inbox/";
const RECEIVED: &str = "received";

/// So many entries are acknowledged together while more are being taken care of; the server sends 256 ahead.
const TOGETHER: usize = 64;

/// No mailbox has a hole of more places than this. Whoever took a place far ahead would take nothing any more.
const LARGEST_HOLE: u64 = 1 << 32;

/// What came, and up to where it was taken care of.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// The last entry that was stored; whatever is not after it came before.
    received: u64,
    /// What is stored and not taken care of.
    waiting: BTreeSet<u64>,
    /// Up to where the server was told, over this connection.
    acknowledged: u64,
    /// Entries that were taken care of since.
    since: usize,
}

fn name(seq: u64) -> String {
    format!("{INBOX}{seq:020}")
}

impl Mailbox {
    /// As it was left, and what was not taken care of.
    pub fn open(store: &Store) -> Result<(Self, BTreeMap<u64, Incoming>), Error> {
        let unreadable = |_| Error::Unreadable("the inbox");
        let received = match store.get(RECEIVED) {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(unreadable)?,
            None => 0,
        };
        let mut left = BTreeMap::new();
        for (name, bytes) in store.list(INBOX) {
            let seq = name.trim_start_matches(INBOX).parse();
            let seq = seq.map_err(|_| Error::Unreadable("the inbox"))?;
            left.insert(seq, serde_json::from_slice(&bytes).map_err(unreadable)?);
        }
        let mailbox = Self {
            received,
            waiting: left.keys().copied().collect(),
            acknowledged: 0,
            since: 0,
        };
        Ok((mailbox, left))
    }

    /// Whether an entry was stored before.
    pub fn has(&self, seq: u64) -> bool {
        seq <= self.received
    }

    /// Whether an entry can be where the server says, after those that were stored.
    pub fn may_have(&self, seq: u64) -> bool {
        seq.saturating_sub(self.received) <= LARGEST_HOLE
    }

    /// Stores an entry, and what there is to tell of it.
    pub fn take(&mut self, seq: u64, incoming: Option<&Incoming>, changes: &mut Changes) -> Result<(), Error> {
        self.received = seq;
        changes.put(RECEIVED, seq.to_string().into_bytes());
        if let Some(incoming) = incoming {
            let bytes = serde_json::to_vec(incoming).map_err(|_| Error::Unreadable("an entry"))?;
            changes.put(name(seq), bytes);
            self.waiting.insert(seq);
        }
        Ok(())
    }

    /// What is stored of an entry that was not taken care of.
    pub fn waiting(&self, store: &Store, seq: u64) -> Result<Option<Incoming>, Error> {
        let bytes = store.get(&name(seq));
        let read = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        read.map_err(|_| Error::Unreadable("the inbox"))
    }

    /// The entry was taken care of.
    pub fn handled(&mut self, seq: u64, changes: &mut Changes) {
        if self.waiting.remove(&seq) {
            changes.remove(name(seq));
            self.since += 1;
        }
    }

    /// There is a new connection, over which nothing was acknowledged.
    pub fn connected(&mut self) {
        (self.acknowledged, self.since) = (0, 0);
    }

    /// Up to where there is something to acknowledge now.
    pub fn acknowledgement(&mut self) -> Option<u64> {
        let settled = self.waiting.first().map_or(self.received, |first| first - 1);
        let due = self.waiting.is_empty() || self.since >= TOGETHER;
        (due && settled > self.acknowledged).then(|| {
            (self.acknowledged, self.since) = (settled, 0);
            settled
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(store: &Store) -> Mailbox {
        Mailbox::open(store).unwrap().0
    }

    fn take(store: &Store, mailbox: &mut Mailbox, seq: u64, incoming: Option<&Incoming>) {
        let mut changes = Changes::new();
        mailbox.take(seq, incoming, &mut changes).unwrap();
        store.commit(changes).unwrap();
    }

    fn handle(store: &Store, mailbox: &mut Mailbox, seq: u64) {
        let mut changes = Changes::new();
        mailbox.handled(seq, &mut changes);
        store.commit(changes).unwrap();
    }

    #[test]
    fn what_was_not_taken_care_of_is_not_acknowledged_and_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let mut mailbox = open(&store);
        assert_eq!(mailbox.acknowledgement(), None);
        for seq in [3, 5] {
            take(&store, &mut mailbox, seq, Some(&Incoming::Online));
        }
        take(&store, &mut mailbox, 8, None);
        assert!(mailbox.has(8) && !mailbox.has(9));
        assert_eq!(mailbox.acknowledgement(), None);
        handle(&store, &mut mailbox, 3);
        assert_eq!(mailbox.acknowledgement(), None, "more is on its way");

        let (mut mailbox, left) = Mailbox::open(&store).unwrap();
        assert_eq!(left.keys().collect::<Vec<_>>(), [&5]);
        assert!(mailbox.has(8));
        handle(&store, &mut mailbox, 5);
        assert_eq!(mailbox.acknowledgement(), Some(8));
        assert_eq!(mailbox.acknowledgement(), None);
        mailbox.connected();
        assert_eq!(mailbox.acknowledgement(), Some(8));
    }

    #[test]
    fn many_are_acknowledged_before_all_are_taken_care_of() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let mut mailbox = open(&store);
        for seq in 1..=100 {
            take(&store, &mut mailbox, seq, Some(&Incoming::Online));
        }
        for seq in 1..=63 {
            handle(&store, &mut mailbox, seq);
            assert_eq!(mailbox.acknowledgement(), None);
        }
        handle(&store, &mut mailbox, 64);
        assert_eq!(mailbox.acknowledgement(), Some(64));
    }

    #[test]
    fn a_place_far_ahead_of_all_others_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let mut mailbox = open(&store);
        take(&store, &mut mailbox, 7, None);
        assert!([1, 7, 8, 7 + (1 << 32)].iter().all(|seq| mailbox.may_have(*seq)));
        assert!(
            [8 + (1 << 32), (1 << 63) - 1, u64::MAX]
                .iter()
                .all(|seq| !mailbox.may_have(*seq))
        );
    }
}
