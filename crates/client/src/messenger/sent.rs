use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, Progress};
use crate::keystore::{Changes, Store};
use crate::socket::{Receipt, ReceiptEntry};

const SENT: &str = "sent/";

/// Messages to one person that are followed until they are read.
const FOLLOWED: usize = 512;

/// A message that the server has and the recipient may not have read.
#[derive(Debug, Serialize, Deserialize)]
struct Followed {
    id: Uuid,
    /// Device, and place in the recipient's mailbox.
    copies: Vec<(u32, u64)>,
    progress: Progress,
}

impl Followed {
    fn is_reached(&self, by: &ReceiptEntry) -> bool {
        let concerned = |of: u32| by.receipt == Receipt::Read || of == 0 || of == by.device;
        let mut copies = self.copies.iter();
        copies.any(|(of, seq)| concerned(*of) && by.after < *seq && *seq <= by.up_to)
    }
}

/// What was sent, by the recipient and the place of its first copy.
#[derive(Debug, Default)]
pub(super) struct Sent(BTreeMap<Uuid, BTreeMap<u64, Followed>>);

fn name(to: Uuid, seq: u64) -> String {
    format!("{SENT}{to}/{seq:020}")
}

impl Sent {
    pub fn open(store: &Store) -> Result<Self, Error> {
        let unreadable = || Error::Unreadable("what was sent");
        let mut sent = Self::default();
        for (name, bytes) in store.list(SENT) {
            let place = name.trim_start_matches(SENT).split_once('/').ok_or_else(unreadable)?;
            let to: Uuid = place.0.parse().map_err(|_| unreadable())?;
            let seq = place.1.parse().map_err(|_| unreadable())?;
            let followed = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
            sent.0.entry(to).or_default().insert(seq, followed);
        }
        Ok(sent)
    }

    /// Follows a message that the server took.
    pub fn add(&mut self, to: Uuid, id: Uuid, copies: Vec<(u32, u64)>, changes: &mut Changes) {
        let Some(seq) = copies.iter().map(|(_, seq)| *seq).min() else {
            return;
        };
        let followed = Followed {
            id,
            copies,
            progress: Progress::Sent,
        };
        put(to, seq, &followed, changes);
        let all = self.0.entry(to).or_default();
        all.insert(seq, followed);
        if all.len() > FOLLOWED
            && let Some((oldest, _)) = all.pop_first()
        {
            changes.remove(name(to, oldest));
        }
    }

    /// What a receipt says of which messages, those left out of which that was known.
    pub fn receipt(&mut self, entry: &ReceiptEntry, changes: &mut Changes) -> (Progress, Vec<Uuid>) {
        let progress = match entry.receipt {
            Receipt::Delivered => Progress::Delivered,
            Receipt::Read => Progress::Read,
        };
        let mut ids = Vec::new();
        let Some(all) = self.0.get_mut(&entry.by) else {
            return (progress, ids);
        };
        all.retain(|seq, followed| {
            if followed.progress < progress && followed.is_reached(entry) {
                ids.push(followed.id);
                followed.progress = progress;
                put(entry.by, *seq, followed, changes);
            }
            let done = followed.progress == Progress::Read;
            if done {
                changes.remove(name(entry.by, *seq));
            }
            !done
        });
        (progress, ids)
    }
}

fn put(to: Uuid, seq: u64, followed: &Followed, changes: &mut Changes) {
    // It has no map whose keys are no text, which is all that could fail.
    changes.put(name(to, seq), serde_json::to_vec(followed).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOB: Uuid = Uuid::from_u128(2);

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn receipts_reach_the_messages_that_they_speak_of_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let (mut sent, mut changes) = (Sent::open(&store).unwrap(), Changes::new());
        sent.add(BOB, id(1), vec![(0, 10)], &mut changes);
        sent.add(BOB, id(2), vec![(1, 11), (2, 12)], &mut changes);
        sent.add(BOB, id(3), vec![(2, 13)], &mut changes);
        store.commit(changes).unwrap();

        let mut sent = Sent::open(&store).unwrap();
        let mut changes = Changes::new();
        let none = Vec::<Uuid>::new();
        let mut said = |by, receipt, device, up_to| {
            let entry = ReceiptEntry {
                receipt,
                by,
                device,
                after: 0,
                up_to,
            };
            sent.receipt(&entry, &mut changes).1
        };
        assert_eq!(said(BOB, Receipt::Delivered, 1, 9), none);
        assert_eq!(said(id(9), Receipt::Delivered, 1, 99), none);
        assert_eq!(said(BOB, Receipt::Delivered, 1, 13), [id(1), id(2)]);
        assert_eq!(said(BOB, Receipt::Delivered, 2, 12), none);
        assert_eq!(said(BOB, Receipt::Delivered, 2, 13), [id(3)]);
        assert_eq!(said(BOB, Receipt::Read, 1, 12), [id(1), id(2)]);
        assert_eq!(said(BOB, Receipt::Read, 1, 12), none);
        store.commit(changes).unwrap();
        let left = Sent::open(&store).unwrap();
        assert_eq!(left.0.values().map(BTreeMap::len).sum::<usize>(), 1);
    }

    #[test]
    fn a_receipt_says_nothing_of_messages_before_those_it_is_about() {
        let (mut sent, mut changes) = (Sent::default(), Changes::new());
        sent.add(BOB, id(1), vec![(0, 10)], &mut changes);
        sent.add(BOB, id(2), vec![(1, 11), (2, 12)], &mut changes);
        sent.add(BOB, id(3), vec![(2, 13)], &mut changes);
        let mut delivered = |device, after, up_to| {
            let entry = ReceiptEntry {
                receipt: Receipt::Delivered,
                by: BOB,
                device,
                after,
                up_to,
            };
            sent.receipt(&entry, &mut changes).1
        };
        assert_eq!(delivered(2, 13, 99), Vec::<Uuid>::new());
        assert_eq!(delivered(2, 12, 99), [id(3)]);
        assert_eq!(delivered(2, 11, 99), [id(2)]);
        assert_eq!(delivered(2, 9, 99), [id(1)]);
    }
}
