mod lapsed;
mod reading;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Error, Incoming, Safety};
use crate::api::{ApiError, Refusal};
use crate::devices::PublicDevice;
use crate::keylog::{DeviceKeys, Head, KeyChange, KeyLogError, Ledger, Line};
use crate::keystore::{Changes, Store};
use crate::safety::SafetyNumber;
use crate::session::Session;

/// For so long a key log is not asked for again. Changes are told of at once while there is a connection, and whoever connects asks
/// anew.
const FRESH: Duration = Duration::from_secs(300);

/// And a broken one for so long: a fault on the way should not keep people apart.
const FRESH_BROKEN: Duration = Duration::from_secs(30);

/// Somebody's keys, as far as they were verified.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Person {
    ledger: Ledger,
    /// The number that was compared.
    verified: Option<String>,
    /// Whether one was, and is not the number any more.
    #[serde(default)]
    lapsed: bool,
    /// What is wrong with the log, until one comes that continues what was verified.
    broken: Option<String>,
}

/// Everybody whose keys were asked for, oneself included.
#[derive(Debug)]
pub(super) struct People {
    session: Arc<Session>,
    store: Arc<Store>,
    known: HashMap<Uuid, Person>,
    asked: HashMap<Uuid, Instant>,
    /// When a log was last asked for in vain because of a message that it did not explain.
    unexplained: HashMap<Uuid, Instant>,
    /// Until when no log is asked for, and what the server said.
    limited: Option<(Instant, Refusal)>,
    /// What there is to tell, and not to be lost when telling fails later.
    news: Vec<Incoming>,
}

fn name(user: Uuid) -> String {
    format!("people/{user}")
}

impl People {
    pub fn new(session: &Arc<Session>) -> Self {
        Self {
            session: Arc::clone(session),
            store: Arc::clone(session.store()),
            known: HashMap::new(),
            asked: HashMap::new(),
            unexplained: HashMap::new(),
            limited: None,
            news: Vec::new(),
        }
    }

    /// Asks again at the next occasion.
    pub fn forget_when_asked(&mut self, user: Uuid) {
        self.asked.remove(&user);
    }

    /// Asks again for everybody.
    pub fn forget_all_asked(&mut self) {
        self.asked.clear();
    }

    /// What there is to tell since the last time.
    pub fn news(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.news)
    }

    /// Somebody's ledger, asked for again if it was not lately.
    ///
    /// # Errors
    ///
    /// [`Error::Api`]; [`Error::KeyLog`] when the log is wrong, until it continues again what was verified.
    pub async fn ledger(&mut self, user: Uuid, changes: &mut Changes) -> Result<&Ledger, Error> {
        let is_broken = self.known.get(&user).is_some_and(|person| person.broken.is_some());
        let limit = if is_broken { FRESH_BROKEN } else { FRESH };
        let fresh = self.asked.get(&user).is_some_and(|asked| asked.elapsed() < limit);
        if !fresh {
            self.follow(user, changes).await?;
        }
        let person = self.known.get(&user).ok_or(Error::Closed)?;
        match person.broken {
            Some(_) => Err(KeyLogError::Disagrees.into()),
            None => Ok(&person.ledger),
        }
    }

    /// Somebody's devices, each of which has signed its keys and is in their log.
    ///
    /// # Errors
    ///
    /// As [`Self::ledger`]; [`KeyLogError::Disagrees`] for other keys than those of the log.
    pub async fn devices(&mut self, user: Uuid, changes: &mut Changes) -> Result<Vec<PublicDevice>, Error> {
        let mut outcome = Err(KeyLogError::Disagrees.into());
        // A device may be added or removed between the two questions.
        for _ in 0..2 {
            let listed = self.session.devices_of(user).await?;
            let ledger = self.ledger(user, changes).await?;
            if agree(ledger, &listed) {
                outcome = Ok(listed);
                break;
            }
            self.forget_when_asked(user);
        }
        outcome
    }

    /// The number with somebody, of the keys that there are now.
    pub async fn safety(&mut self, peer: Uuid, changes: &mut Changes) -> Result<Option<Safety>, Error> {
        let me = self.session.user();
        for user in [me, peer] {
            self.forget_when_asked(user);
        }
        let mine = self.ledger(me, changes).await?.identity_keys();
        let theirs = self.ledger(peer, changes).await?.identity_keys();
        if mine.is_empty() || theirs.is_empty() {
            return Ok(None);
        }
        let number = SafetyNumber::new(me, &mine, peer, &theirs);
        let known = self.known.get(&peer).and_then(|person| person.verified.as_deref());
        let verified = known == Some(number.digits());
        Ok(Some(Safety { number, verified }))
    }

    async fn follow(&mut self, user: Uuid, changes: &mut Changes) -> Result<(), Error> {
        let mut person = self.person(user)?;
        let is_new = person.ledger.head().number == 0;
        let mut changed = Vec::new();
        loop {
            let lines = self.lines(user, person.ledger.head()).await?;
            let before = person.ledger.head().number;
            // A head that the server does not tell any more was taken back.
            if lines.is_empty() && before > 0 {
                return self.break_with(user, "the key log is shorter than it was", changes);
            }
            match person.ledger.follow(&lines) {
                Ok(more) => changed.extend(more),
                Err(error) => return self.break_with(user, &error.to_string(), changes),
            }
            if person.ledger.head().number == before || lines.len() < crate::api::LINES {
                break;
            }
        }
        // Whoever has no keys yet may have some in a moment.
        if person.ledger.head().number > 0 {
            self.asked.insert(user, Instant::now());
        } else {
            self.asked.remove(&user);
        }
        let is_mended = person.broken.take().is_some();
        if is_mended {
            self.news.push(Incoming::KeyLogMended { user });
        }
        if changed.is_empty() && !is_mended {
            self.known.insert(user, person);
            return Ok(());
        }
        // Whoever is met for the first time has changed nothing.
        if !is_new && !changed.is_empty() {
            self.tell(user, &mut person, changed, changes)?;
        }
        self.keep(user, person, changes)
    }

    /// Somebody has other keys than before. One's own change concerns every number.
    fn tell(
        &mut self,
        user: Uuid,
        person: &mut Person,
        changed: Vec<KeyChange>,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        let mut was_verified = person.lapse();
        if user == self.session.user() {
            for peer in self.store.list("people/").into_iter().map(|(name, _)| name) {
                let peer: Uuid = peer.trim_start_matches("people/").parse().map_err(|_| unreadable())?;
                let mut other = self.person(peer)?;
                if peer != user && other.lapse() {
                    was_verified = true;
                    self.keep(peer, other, changes)?;
                }
            }
        }
        self.news.push(Incoming::KeysChanged {
            user,
            changes: changed,
            was_verified,
        });
        Ok(())
    }

    fn break_with(&mut self, user: Uuid, reason: &str, changes: &mut Changes) -> Result<(), Error> {
        let mut person = self.person(user)?;
        self.asked.insert(user, Instant::now());
        if person.broken.is_none() {
            let reason = reason.to_owned();
            person.broken = Some(reason.clone());
            self.keep(user, person, changes)?;
            self.news.push(Incoming::KeyLogBroken { user, reason });
        }
        Ok(())
    }

    fn person(&self, user: Uuid) -> Result<Person, Error> {
        if let Some(person) = self.known.get(&user) {
            return Ok(person.clone());
        }
        match self.store.get(&name(user)) {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| unreadable()),
            None => Ok(Person {
                ledger: Ledger::new(user),
                verified: None,
                lapsed: false,
                broken: None,
            }),
        }
    }

    fn keep(&mut self, user: Uuid, person: Person, changes: &mut Changes) -> Result<(), Error> {
        changes.put(name(user), serde_json::to_vec(&person).map_err(|_| unreadable())?);
        self.known.insert(user, person);
        Ok(())
    }
}

fn unreadable() -> Error {
    Error::Unreadable("somebody's keys")
}

fn agree(ledger: &Ledger, listed: &[PublicDevice]) -> bool {
    let is_in_log = |device: &PublicDevice| {
        let keys = DeviceKeys {
            identity: device.identity_key,
            agreement: device.agreement_key.key,
        };
        device.verify().is_ok() && ledger.devices().get(&device.device) == Some(&keys)
    };
    listed.len() == ledger.devices().len() && listed.iter().all(is_in_log)
}

impl Error {
    /// Whether the same may work later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_passing())
    }

    /// Whether it is the server that said no.
    pub(super) fn refusal(&self) -> Option<&crate::api::Refusal> {
        match self {
            Self::Api(ApiError::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }
}
