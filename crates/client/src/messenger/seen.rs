use std::collections::{HashSet, VecDeque};

use uuid::Uuid;

use crate::keystore::{Changes, Store};

const SEEN: &str = "seen/";

/// So many of the latest messages are recognized when they come again.
const KEPT: usize = 4_096;

/// Which messages came. The server promises to send none twice once it is acknowledged; this is for one that does not keep its
/// promises, and for a sender who had to seal a message anew.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<(Uuid, Uuid)>,
    order: VecDeque<(u64, Uuid, Uuid)>,
    next: u64,
}

fn name(number: u64) -> String {
    format!("{SEEN}{number:020}")
}

impl Seen {
    pub fn open(store: &Store) -> Self {
        let mut seen = Self::default();
        for (name, bytes) in store.list(SEEN) {
            seen.next = name.trim_start_matches(SEEN).parse().unwrap_or(0);
            if let Some((from, id)) = bytes.split_at_checked(16)
                && let (Ok(from), Ok(id)) = (Uuid::from_slice(from), Uuid::from_slice(id))
            {
                seen.add(from, id);
            }
        }
        seen
    }

    /// Remembers a message; false when it came before.
    pub fn is_new(&mut self, from: Uuid, id: Uuid, changes: &mut Changes) -> bool {
        if self.ids.contains(&(from, id)) {
            return false;
        }
        changes.put(name(self.next), [from.into_bytes(), id.into_bytes()].concat());
        self.add(from, id);
        if self.order.len() > KEPT
            && let Some((oldest, from, id)) = self.order.pop_front()
        {
            self.ids.remove(&(from, id));
            changes.remove(name(oldest));
        }
        true
    }

    fn add(&mut self, from: Uuid, id: Uuid) {
        self.ids.insert((from, id));
        self.order.push_back((self.next, from, id));
        self.next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once_also_after_a_restart_and_the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        let mut seen = Seen::open(&store);
        let mut changes = Changes::new();
        let ada = Uuid::from_u128(1);
        let count = u64::try_from(KEPT).unwrap() + 1;
        for id in 1..=count {
            assert!(seen.is_new(ada, Uuid::from_u128(id.into()), &mut changes));
        }
        store.commit(changes).unwrap();
        let mut seen = Seen::open(&store);
        let mut is_new = |from, id: u64| seen.is_new(from, Uuid::from_u128(id.into()), &mut Changes::new());
        assert!(!is_new(ada, count) && !is_new(ada, 2));
        assert!(is_new(Uuid::from_u128(2), 2));
        assert!(is_new(ada, 1));
    }
}
