use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Error;
use crate::keystore::{Changes, History, Store};

const DIARY: &str = "diary/";

/// So many records go into the history together.
const TOGETHER: usize = 64;

/// Something that was said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The message.
    pub id: Uuid,
    /// With whom.
    pub peer: Uuid,
    /// By whom.
    pub from: Uuid,
    /// What.
    pub text: String,
    /// When (RFC 3339).
    pub at: String,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} from {})", self.id, self.from)
    }
}

/// What is said, on its way into the history.
#[derive(Debug)]
pub(super) struct Diary {
    history: History,
    pages: BTreeMap<u64, Record>,
    next: u64,
}

fn name(number: u64) -> String {
    format!("{DIARY}{number:020}")
}

fn unreadable() -> Error {
    Error::Unreadable("the history")
}

impl Diary {
    pub fn open(store: &Store) -> Result<Self, Error> {
        let mut pages = BTreeMap::new();
        for (name, bytes) in store.list(DIARY) {
            let number: u64 = name.trim_start_matches(DIARY).parse().map_err(|_| unreadable())?;
            pages.insert(number, serde_json::from_slice(&bytes).map_err(|_| unreadable())?);
        }
        Ok(Self {
            history: store.history(),
            next: pages.last_key_value().map_or(0, |(last, _)| last + 1),
            pages,
        })
    }

    pub fn add(&mut self, record: Record, changes: &mut Changes) -> Result<(), Error> {
        changes.put(name(self.next), serde_json::to_vec(&record).map_err(|_| unreadable())?);
        self.pages.insert(self.next, record);
        self.next += 1;
        Ok(())
    }

    pub fn is_full(&self) -> bool {
        self.pages.len() >= TOGETHER
    }

    /// Moves everything into the history. A record that is moved twice, because the process ended in between, is shown once.
    pub fn file(&mut self, changes: &mut Changes) -> Result<(), Error> {
        let mut by_peer: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
        for record in self.pages.values() {
            let bytes = serde_json::to_vec(record).map_err(|_| unreadable())?;
            by_peer.entry(record.peer).or_default().push(Zeroizing::new(bytes));
        }
        for (peer, records) in by_peer {
            self.history.add(&peer.to_string(), &records)?;
        }
        for number in std::mem::take(&mut self.pages).into_keys() {
            changes.remove(name(number));
        }
        Ok(())
    }

    /// The latest `most` records with somebody.
    pub fn latest(&self, peer: Uuid, most: usize) -> Result<Vec<Record>, Error> {
        let mut records = Vec::new();
        for bytes in self.history.read(&peer.to_string())? {
            records.push(serde_json::from_slice(&bytes).map_err(|_| unreadable())?);
        }
        records.extend(self.pages.values().filter(|record| record.peer == peer).cloned());
        let mut seen = std::collections::HashSet::new();
        let mut latest: Vec<Record> = Vec::new();
        for record in records.into_iter().rev() {
            if latest.len() < most && seen.insert((record.from, record.id)) {
                latest.push(record);
            }
        }
        latest.reverse();
        Ok(latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_kept_in_order_before_and_after_they_are_filed_and_never_twice() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let mut diary = Diary::open(&store).unwrap();
        let [ada, bob] = [1, 2].map(Uuid::from_u128);
        let mut changes = Changes::new();
        for number in 0..3 {
            let record = Record {
                id: Uuid::from_u128(number),
                peer: bob,
                from: ada,
                text: format!("text {number}"),
                at: "2026-11-21T10:13:40Z".to_owned(),
            };
            diary.add(record, &mut changes).unwrap();
        }
        store.commit(changes).unwrap();
        let texts = |diary: &Diary, most| -> Vec<String> {
            let latest = diary.latest(bob, most).unwrap();
            latest.into_iter().map(|record| record.text).collect()
        };
        assert_eq!(texts(&diary, 2), ["text 1", "text 2"]);
        let mut lost = Changes::new();
        diary.file(&mut lost).unwrap();
        let mut again = Diary::open(&store).unwrap();
        assert_eq!(texts(&again, 9), ["text 0", "text 1", "text 2"]);
        let mut changes = Changes::new();
        again.file(&mut changes).unwrap();
        store.commit(changes).unwrap();
        assert_eq!(texts(&Diary::open(&store).unwrap(), 9), ["text 0", "text 1", "text 2"]);
        assert!(store.list(DIARY).is_empty());
    }
}
