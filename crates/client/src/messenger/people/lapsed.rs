//! Numbers that were compared, and what becomes of that when keys change.

use super::{Changes, Error, People, Person, SafetyNumber, Uuid, unreadable};

impl Person {
    /// The number that was compared is not the number any more. Whether one was.
    pub(super) fn lapse(&mut self) -> bool {
        let was_verified = self.verified.take().is_some();
        self.lapsed |= was_verified;
        was_verified
    }
}

impl People {
    /// Remembers that a number was compared.
    pub fn verified(&mut self, peer: Uuid, number: &SafetyNumber, changes: &mut Changes) -> Result<(), Error> {
        let mut person = self.person(peer)?;
        person.verified = Some(number.digits().to_owned());
        person.lapsed = false;
        self.keep(peer, person, changes)
    }

    /// Goes on without a comparison with somebody whose number has lapsed.
    pub fn accept(&mut self, peer: Uuid, changes: &mut Changes) -> Result<(), Error> {
        let mut person = self.person(peer)?;
        person.lapsed = false;
        self.keep(peer, person, changes)
    }

    /// Whether somebody's number was compared and is another one now.
    pub fn has_lapsed(&self, peer: Uuid) -> Result<bool, Error> {
        Ok(self.person(peer)?.lapsed)
    }

    /// Everybody of whom that is so.
    pub fn lapsed(&self) -> Result<Vec<Uuid>, Error> {
        let mut lapsed = Vec::new();
        for (name, _) in self.store.list("people/") {
            let peer = name.trim_start_matches("people/").parse().map_err(|_| unreadable())?;
            if self.has_lapsed(peer)? {
                lapsed.push(peer);
            }
        }
        Ok(lapsed)
    }
}
