use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenon_kernel::{ApiKeyId, OrganizationId, Timestamp};

use crate::{ApiKey, KeyUse, TokenDigest};

/// How long a key is believed that was looked up: so long another instance goes on taking one that was revoked.
const BELIEVED: Duration = Duration::from_secs(3);

/// How long it is remembered here that a key was revoked: longer than a look-up lasts that began before.
const REFUSED: Duration = Duration::from_secs(60);

/// A key that is in use is said to be so once in this time.
const NOTED: Duration = Duration::from_secs(60);

/// The API keys that this instance has looked up lately, those that it refuses though it may have, and those whose use is to be
/// noted. Asked on every request, hence in memory; it holds no more entries than there are good keys.
#[derive(Debug, Default)]
pub struct KnownKeys(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    keys: HashMap<TokenDigest, Known>,
    refused: HashMap<Refused, Timestamp>,
    noted: HashMap<ApiKeyId, Timestamp>,
    uses: Vec<KeyUse>,
}

#[derive(Debug)]
struct Known {
    key: ApiKey,
    looked_up: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Refused {
    Key(ApiKeyId),
    Organization(OrganizationId),
}

impl KnownKeys {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of this token, if it was looked up lately.
    pub(super) fn find(&self, token: &TokenDigest, now: Timestamp) -> Option<ApiKey> {
        let state = self.state();
        let known = state.keys.get(token)?;
        let fresh = known.looked_up <= now && now.since(known.looked_up) < BELIEVED;
        fresh.then(|| known.key.clone())
    }

    /// Takes up a key whose look-up began at `now`.
    pub(super) fn learn(&self, token: TokenDigest, key: ApiKey, now: Timestamp) {
        self.state().keys.insert(token, Known { key, looked_up: now });
    }

    /// Whether the key was revoked here, although a look-up may have found it.
    pub(super) fn refuses(&self, key: &ApiKey) -> bool {
        let state = self.state();
        let is_refused = |what| state.refused.contains_key(&what);
        is_refused(Refused::Key(key.id)) || is_refused(Refused::Organization(key.organization))
    }

    /// Refuses a key from now on.
    pub(super) fn refuse_key(&self, key: ApiKeyId, now: Timestamp) {
        self.state().refused.insert(Refused::Key(key), now);
    }

    /// Refuses every key of an organization from now on.
    pub(crate) fn refuse_organization(&self, organization: OrganizationId, now: Timestamp) {
        self.state().refused.insert(Refused::Organization(organization), now);
    }

    /// Takes down that the key is used, unless that was done within the last minute.
    pub(super) fn note(&self, key: &ApiKey, now: Timestamp) {
        let mut state = self.state();
        let last = state.noted.get(&key.id).copied().max(key.last_used_at);
        if last.is_some_and(|last| now.since(last) < NOTED) {
            return;
        }
        state.noted.insert(key.id, now);
        state.uses.push(KeyUse {
            organization: key.organization,
            key: key.id,
            at: now,
        });
    }

    /// What was taken down since this was last asked.
    pub(super) fn take_uses(&self) -> Vec<KeyUse> {
        mem::take(&mut self.state().uses)
    }

    /// Puts back what could not be stored.
    pub(super) fn put_back(&self, uses: Vec<KeyUse>) {
        self.state().uses.extend(uses);
    }

    /// Drops what says nothing any more.
    pub(super) fn forget(&self, now: Timestamp) {
        let mut state = self.state();
        state.keys.retain(|_, known| now.since(known.looked_up) < BELIEVED);
        state.refused.retain(|_, since| now.since(*since) < REFUSED);
        state.noted.retain(|_, last| now.since(*last) < NOTED);
    }
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Id, KeyScopes};

    use super::*;
    use crate::{ApiKeyName, KeyPrefix};

    const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
    const TOKEN: TokenDigest = TokenDigest([7; 32]);

    fn key() -> ApiKey {
        ApiKey {
            id: Id::at(START),
            organization: Id::at(START),
            name: ApiKeyName::parse("Warehouse").unwrap(),
            prefix: KeyPrefix::stored("tenon_abcdef".to_owned()),
            scopes: KeyScopes::default(),
            created_by: Id::at(START),
            created_at: START,
            last_used_at: None,
            expires_at: None,
        }
    }

    fn after(millis: u64) -> Timestamp {
        START.plus(Duration::from_millis(millis))
    }

    #[test]
    fn a_key_is_believed_for_three_seconds_after_its_look_up_began() {
        let (known, key) = (KnownKeys::default(), key());
        assert_eq!(known.find(&TOKEN, START), None);
        known.learn(TOKEN, key.clone(), START);
        assert_eq!(known.find(&TOKEN, after(2_999)), Some(key));
        assert_eq!(known.find(&TOKEN, after(3_000)), None);
        assert_eq!(known.find(&TokenDigest([8; 32]), START), None);
        known.forget(after(3_000));
        assert!(known.state().keys.is_empty());
    }

    #[test]
    fn a_look_up_that_began_before_a_revocation_brings_nothing_back() {
        let (one, other) = (key(), key());
        let known = KnownKeys::default();
        known.refuse_key(one.id, after(10));
        known.learn(TOKEN, one.clone(), START);
        known.forget(after(50_000));
        assert!(known.refuses(&one) && !known.refuses(&other));
        known.refuse_organization(other.organization, after(10));
        assert!(known.refuses(&other));
        known.forget(after(60_010));
        assert!(!known.refuses(&one) && !known.refuses(&other));
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let (known, mut key) = (KnownKeys::default(), key());
        for millis in [0, 1, 59_999] {
            known.note(&key, after(millis));
        }
        let at = |millis| KeyUse {
            organization: key.organization,
            key: key.id,
            at: after(millis),
        };
        let (first, second) = (at(0), at(60_000));
        assert_eq!(known.take_uses(), [first]);
        known.note(&key, after(60_000));
        assert_eq!(known.take_uses(), [second]);
        assert_eq!(known.take_uses(), []);
        known.put_back(vec![second]);
        assert_eq!(known.take_uses(), [second]);
        // Another instance has noted it meanwhile.
        key.last_used_at = Some(after(130_000));
        known.note(&key, after(150_000));
        assert_eq!(known.take_uses(), []);
    }
}
