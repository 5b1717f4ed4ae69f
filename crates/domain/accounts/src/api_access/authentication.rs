use tenon_kernel::{KeyHolder, Timestamp, Unavailable};

use super::ApiAccess;
use crate::{ApiKey, ApiKeyToken};

/// Why the token of an API key speaks for nobody.
#[derive(Debug, thiserror::Error)]
pub enum KeyRefusal {
    /// No key has it, or the key was revoked.
    #[error("the API key is unknown or was revoked")]
    Unknown,
    /// It was good once.
    #[error("the API key has expired")]
    Expired,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl ApiAccess {
    /// Whoever holds the key with this token, if the key was looked up within the last seconds or the text cannot be a token. Reads no store:
    /// it runs on every request.
    ///
    /// # Errors
    ///
    /// As [`KeyRefusal`] says.
    pub fn recall(&self, token: &str) -> Option<Result<KeyHolder, KeyRefusal>> {
        let Some(token) = ApiKeyToken::read(token) else {
            return Some(Err(KeyRefusal::Unknown));
        };
        let now = self.ports.clock.now();
        let digest = self.ports.secrets.digest(&token.opaque());
        let key = self.ports.known.find(&digest, now)?;
        Some(self.admit(&key, now))
    }

    /// Whoever holds the key with this token, as the store has it.
    ///
    /// # Errors
    ///
    /// As [`KeyRefusal`] says.
    pub async fn look_up(&self, token: &str) -> Result<KeyHolder, KeyRefusal> {
        let token = ApiKeyToken::read(token).ok_or(KeyRefusal::Unknown)?;
        let now = self.ports.clock.now();
        let digest = self.ports.secrets.digest(&token.opaque());
        let key = self.ports.keys.by_token(&digest).await?.ok_or(KeyRefusal::Unknown)?;
        self.ports.known.learn(digest, key.clone(), now);
        self.admit(&key, now)
    }

    fn admit(&self, key: &ApiKey, now: Timestamp) -> Result<KeyHolder, KeyRefusal> {
        if self.ports.known.refuses(key) {
            return Err(KeyRefusal::Unknown);
        }
        if key.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(KeyRefusal::Expired);
        }
        self.ports.known.note(key, now);
        Ok(key.holder())
    }

    /// Stores when keys were used, and forgets what was looked up too long ago; to be called every second.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; it is stored the next time then.
    pub async fn keep_uses(&self) -> Result<(), Unavailable> {
        self.ports.known.forget(self.ports.clock.now());
        let uses = self.ports.known.take_uses();
        if uses.is_empty() {
            return Ok(());
        }
        let stored = self.ports.keys.used(&uses).await;
        if stored.is_err() {
            self.ports.known.put_back(uses);
        }
        stored
    }
}
