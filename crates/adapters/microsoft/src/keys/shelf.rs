use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use tenon_graph::TokenError;
use tenon_kernel::{Timestamp, Unavailable};

use super::wire::{Key, KeyList};
use super::{EVERY, FRESH, PAUSE, PEER, STALE};

/// A key that verifies.
pub(super) struct PublishedKey {
    pub decoding: DecodingKey,
    /// The only issuer whose tokens it signs, if it is not everybody's.
    pub issuer: Option<String>,
}

/// The keys as they were last had, and when it was tried.
#[derive(Default)]
pub(super) struct Shelf {
    keys: HashMap<String, Arc<PublishedKey>>,
    had: Option<Timestamp>,
    failed: Option<Timestamp>,
}

/// What the shelf says without asking.
pub(super) enum Found {
    Key(Arc<PublishedKey>),
    /// The list is new enough to say that there is no such key.
    Nowhere,
    /// It was asked for and failed a moment ago.
    Pausing,
    /// The list has to be asked for.
    Unknown,
}

impl Found {
    /// None when the list has to be asked for.
    pub fn settled(self) -> Result<Option<Arc<PublishedKey>>, TokenError> {
        match self {
            Self::Key(key) => Ok(Some(key)),
            Self::Nowhere => Err(TokenError::Forged("kid")),
            Self::Pausing => Err(Unavailable::new(PEER.0, "it failed a moment ago").into()),
            Self::Unknown => Ok(None),
        }
    }
}

impl Shelf {
    pub fn find(&self, id: &str, now: Timestamp) -> Found {
        let age = self.had.map(|had| now.since(had));
        let pausing = self.failed.is_some_and(|failed| now.since(failed) < PAUSE);
        match (self.keys.get(id), age) {
            (Some(key), Some(age)) if age < FRESH || (pausing && age < FRESH + STALE) => Found::Key(Arc::clone(key)),
            (None, Some(age)) if age < EVERY => Found::Nowhere,
            _ if pausing => Found::Pausing,
            _ => Found::Unknown,
        }
    }

    /// A key that is past its time, for when no newer list can be had.
    pub fn old(&self, id: &str, now: Timestamp) -> Option<Arc<PublishedKey>> {
        let known = self.had.is_some_and(|had| now.since(had) < FRESH + STALE);
        self.keys.get(id).filter(|_| known).map(Arc::clone)
    }

    pub fn put(&mut self, list: KeyList, now: Timestamp) {
        self.keys = usable(list);
        self.had = Some(now);
        self.failed = None;
    }

    pub const fn note_failure(&mut self, now: Timestamp) {
        self.failed = Some(now);
    }
}

/// The keys of a list that tokens can be verified with, by their ids.
pub(super) fn usable(list: KeyList) -> HashMap<String, Arc<PublishedKey>> {
    list.keys.into_iter().filter_map(published).collect()
}

/// A key for RSA signatures; others are passed over.
fn published(key: Key) -> Option<(String, Arc<PublishedKey>)> {
    if key.kty != "RSA" || key.purpose.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let decoding = DecodingKey::from_rsa_components(&key.n?, &key.e?).ok()?;
    let issuer = key.issuer.filter(|issuer| !issuer.contains("{tenantid}"));
    Some((key.kid?, Arc::new(PublishedKey { decoding, issuer })))
}
