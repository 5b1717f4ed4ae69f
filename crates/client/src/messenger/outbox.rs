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

/// What follows from the refusal of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The message goes on without it.
    Skip,
    /// None of the devices that it was sealed for is left.
    SealAnew,
    /// The message is not sent.
    GiveUp,
}

impl Outgoing {
    /// Whom the next copy is for.
    pub fn next_to(&self) -> Uuid {
        let next = self.copies.as_ref().and_then(|copies| copies.first());
        next.map_or(self.to, |copy| copy.to)
    }

    /// Takes the next copy out, which was refused for good. A message that the recipient has, or may still get on another device, is
    /// not given up for it: whoever is told that it was not sent writes it again.
    pub fn refused(&mut self, code: &str) -> Refused {
        let copies = self.copies.as_mut().filter(|copies| !copies.is_empty());
        let Some(copy) = copies.map(|copies| copies.remove(0)) else {
            return Refused::GiveUp;
        };
        let is_theirs = copy.to == self.to;
        let is_removed = code == "device_not_found" && copy.device != 0;
        let has_one = !self.sent.is_empty();
        let is_mine_alone = !is_theirs && (is_removed || code == "recipient_full");
        if !has_one && !is_mine_alone && !is_removed {
            return Refused::GiveUp;
        }
        let left = self.copies.iter().flatten();
        if has_one || left.into_iter().any(|copy| copy.to == self.to) {
            return Refused::Skip;
        }
        self.copies = None;
        Refused::SealAnew
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const ME: Uuid = Uuid::from_u128(1);
    const BOB: Uuid = Uuid::from_u128(2);

    fn outgoing(copies: &[(Uuid, u32)], sent: &[(u32, u64)]) -> Outgoing {
        let copy = |(to, device): &(Uuid, u32)| NewMessage {
            client_id: Uuid::from_u128(u128::from(*device)),
            to: *to,
            device: *device,
            kind: "olm".to_owned(),
            content: "AAAA".to_owned(),
        };
        Outgoing {
            id: Uuid::from_u128(9),
            to: BOB,
            text: "hello".to_owned(),
            written: String::new(),
            copies: Some(copies.iter().map(copy).collect()),
            sent: sent.to_vec(),
        }
    }

    fn after(code: &str, copies: &[(Uuid, u32)], sent: &[(u32, u64)]) -> (Refused, Option<usize>) {
        let mut outgoing = outgoing(copies, sent);
        let refused = outgoing.refused(code);
        (refused, outgoing.copies.as_ref().map(Vec::len))
    }

    #[test]
    fn a_message_that_the_recipient_has_is_not_given_up_for_a_further_copy() {
        for code in ["recipient_full", "device_not_found", "forbidden"] {
            assert_eq!(after(code, &[(BOB, 2)], &[(1, 7)]), (Refused::Skip, Some(0)), "{code}");
            assert_eq!(after(code, &[(ME, 2)], &[(1, 7)]), (Refused::Skip, Some(0)), "{code}");
            assert_eq!(
                after(code, &[(BOB, 2), (ME, 2)], &[(1, 7)]),
                (Refused::Skip, Some(1)),
                "{code}"
            );
        }
    }

    #[test]
    fn what_ones_own_device_cannot_take_does_not_keep_a_message_from_others() {
        for code in ["recipient_full", "device_not_found"] {
            assert_eq!(
                after(code, &[(ME, 2), (BOB, 1)], &[]),
                (Refused::Skip, Some(1)),
                "{code}"
            );
        }
        assert_eq!(after("forbidden", &[(ME, 2), (BOB, 1)], &[]).0, Refused::GiveUp);
    }

    #[test]
    fn a_message_of_which_the_recipient_has_nothing_is_sealed_anew_or_given_up() {
        assert_eq!(
            after("device_not_found", &[(BOB, 1), (BOB, 2)], &[]),
            (Refused::Skip, Some(1))
        );
        assert_eq!(
            after("device_not_found", &[(BOB, 1), (ME, 2)], &[]),
            (Refused::SealAnew, None)
        );
        assert_eq!(after("device_not_found", &[(BOB, 1)], &[]), (Refused::SealAnew, None));
        assert_eq!(after("device_not_found", &[(BOB, 0)], &[]).0, Refused::GiveUp);
        assert_eq!(after("recipient_full", &[(BOB, 1), (BOB, 2)], &[]).0, Refused::GiveUp);
    }
}
