//! The keys that Microsoft publishes (RFC 7517), and the tokens that they verify.

mod shelf;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, Header, Validation, decode};
use parking_lot::Mutex;
use reqwest::Client;
use tenon_graph::{TokenError, Tokens, Verified};
use tenon_kernel::{Clock, Timestamp, Unavailable};
use tokio::sync::Mutex as Turn;

use crate::Addresses;
use crate::claims::Claims;
use crate::parsers::key_of;
use crate::web::{self, Peer, StartError};
use shelf::{Found, PublishedKey, Shelf};

const PEER: Peer = Peer("the list of Microsoft's keys");

/// For how long the list is believed without asking.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// For how much longer when it cannot be had.
const STALE: Duration = FRESH;

/// How often an unknown key makes it be asked for, at most.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// For how long nobody asks again after it could not be had.
const PAUSE: Duration = Duration::from_secs(5);

/// Verifies by the keys of `{login}/common/discovery/v2.0/keys`.
///
/// The list is kept for a day, and asked for before when a token names a key that is not on it, at most every five minutes. When it
/// cannot be had, the keys that are known serve for another day; a token with an unknown key is then no forgery yet. An answer takes
/// five seconds at most, and who asks while another does waits for the same answer.
pub struct PublishedKeys {
    client: Client,
    addresses: Addresses,
    clock: Arc<dyn Clock>,
    shelf: Mutex<Shelf>,
    turn: Turn<()>,
}

impl PublishedKeys {
    /// Keys of this address; nothing is asked for yet.
    ///
    /// # Errors
    ///
    /// [`StartError`] when TLS cannot be had.
    pub fn new(addresses: Addresses, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Ok(Self {
            client: web::client()?,
            addresses,
            clock,
            shelf: Mutex::new(Shelf::default()),
            turn: Turn::new(()),
        })
    }

    async fn verified(&self, token: &str, clients: &[String], now: Timestamp) -> Result<Verified, TokenError> {
        let key = self.key(&key_of(token)?).await?;
        let claims = decode::<Claims>(token, &key.decoding, &signature_only())
            .map_err(|_| TokenError::Forged("signature"))?
            .claims;
        claims
            .check(clients, key.issuer.as_deref(), now)
            .map_err(TokenError::Forged)
    }

    async fn key(&self, id: &str) -> Result<Arc<PublishedKey>, TokenError> {
        if let Found::Key(key) = self.find(id) {
            return Ok(key);
        }
        let _turn = self.turn.lock().await;
        // Whoever had the turn before may have brought it.
        if let Some(key) = self.find(id).settled()? {
            return Ok(key);
        }
        let brought = self.bring().await;
        let now = self.clock.now();
        let mut shelf = self.shelf.lock();
        match brought {
            Ok(keys) => shelf.put(keys, now),
            Err(error) => {
                shelf.note_failure(now);
                tracing::warn!(error = %error, "the list of Microsoft's keys cannot be had");
                return shelf.old(id, now).ok_or(TokenError::Unavailable(error));
            }
        }
        shelf.find(id, now).settled()?.ok_or(TokenError::Forged("kid"))
    }

    fn find(&self, id: &str) -> Found {
        self.shelf.lock().find(id, self.clock.now())
    }

    async fn bring(&self) -> Result<wire::KeyList, Unavailable> {
        let url = self
            .addresses
            .keys()
            .ok_or_else(|| Unavailable::new(PEER.0, "the address is malformed"))?;
        let request = self.client.get(url).timeout(web::LIMIT);
        let answer = web::once(request, PEER, &*self.clock).await?;
        if !answer.status().is_success() {
            return Err(answer.unavailable());
        }
        answer.json()
    }
}

#[async_trait]
impl Tokens for PublishedKeys {
    async fn verify(&self, tokens: &[String], clients: &[String], now: Timestamp) -> Result<Vec<Verified>, TokenError> {
        if tokens.is_empty() {
            return Err(TokenError::Forged("there is none"));
        }
        let mut verified = Vec::with_capacity(tokens.len());
        for token in tokens {
            verified.push(self.verified(token, clients, now).await?);
        }
        Ok(verified)
    }
}

/// The id of the key, from a header that asks for nothing else.
pub(crate) fn named(header: &Header) -> Result<String, TokenError> {
    if header.alg != Algorithm::RS256 {
        return Err(TokenError::Forged("alg"));
    }
    if header.crit.is_some() {
        return Err(TokenError::Forged("crit"));
    }
    header.kid.clone().ok_or(TokenError::Forged("kid"))
}

/// How many keys of a list in JSON can be used.
pub(crate) fn usable(list: &[u8]) -> Option<usize> {
    let list: wire::KeyList = serde_json::from_slice(list).ok()?;
    Some(shelf::usable(list).len())
}

/// The claims are checked by [`Claims`], against the time that the caller gives.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}
