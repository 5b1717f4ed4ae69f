use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use super::Error;
use crate::api::NewMessage;
use crate::keystore::{Changes, Store};

const OUTBOX: &str = "outbox/";

/// A message on its way to the server.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Outgoing {
    pub id: Uuid,
    pub to: Uuid,
    pub text: String,
    /// By this machine's clock (RFC 3339).
    pub written: String,
    /// What is still to be sent of it, once it is sealed. It is stored before any of it is sent, and sent as it is until the server
    /// has it.
    pub copies: Option<Vec<NewMessage>>,
    /// Of the recipient's copies that the server has: device, and place in their mailbox.
    pub sent: Vec<(u32, u64)>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({})", self.id)
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// All of them, in the order in which they were written.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: BTreeMap<u64, Outgoing>,
    next: u64,
}

fn name(number: u64) -> String {
    format!("{OUTBOX}{number:020}")
}

fn unreadable<E>(_: E) -> Error {
    Error::Unreadable("the outbox")
}

impl Outbox {
    pub fn open(store: &Store) -> Result<Self, Error> {
        let mut outbox = Self::default();
        for (name, bytes) in store.list(OUTBOX) {
            let number: u64 = name.trim_start_matches(OUTBOX).parse().map_err(unreadable)?;
            let outgoing = serde_json::from_slice(&bytes).map_err(unreadable)?;
            outbox.waiting.insert(number, outgoing);
            outbox.next = number + 1;
        }
        Ok(outbox)
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn add(&mut self, outgoing: Outgoing, changes: &mut Changes) -> Result<(), Error> {
        let number = self.next;
        self.next += 1;
        self.put(number, outgoing, changes)
    }

    /// The one that is sent now.
    pub fn first(&self) -> Option<(u64, &Outgoing)> {
        self.waiting
            .first_key_value()
            .map(|(number, outgoing)| (*number, outgoing))
    }

    pub fn put(&mut self, number: u64, outgoing: Outgoing, changes: &mut Changes) -> Result<(), Error> {
        changes.put(name(number), serde_json::to_vec(&outgoing).map_err(unreadable)?);
        self.waiting.insert(number, outgoing);
        Ok(())
    }

    pub fn remove(&mut self, number: u64, changes: &mut Changes) {
        self.waiting.remove(&number);
        changes.remove(name(number));
    }
}
