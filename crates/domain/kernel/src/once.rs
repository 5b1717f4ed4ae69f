use async_trait::async_trait;

use crate::{Timestamp, Unavailable};

/// Identifies a request that its sender may repeat (draft-ietf-httpapi-idempotency-key-header).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnceKey {
    /// SHA-256 of the organization, the principal, the route and the sender's key.
    pub scope: [u8; 32],
    /// SHA-256 of the request's body.
    pub fingerprint: [u8; 32],
}

/// What a store keeps of a repeatable request, in the transaction that holds its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Which request.
    pub key: OnceKey,
    /// Its answer, opaque and sealed.
    pub answer: Vec<u8>,
    /// When the request came.
    pub at: Timestamp,
}

/// The outcome of a creation that may be a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created<T> {
    /// It happened now.
    Now(T),
    /// The same request happened before; this is its kept answer.
    Before(Vec<u8>),
}

/// Makes a creation repeatable: the key, if the sender gave one, and how the answer will look.
///
/// The answer can be written before the effect, because ids and times come from the domain and not from the database.
pub struct Once<'a, T> {
    key: Option<OnceKey>,
    answer: &'a (dyn Fn(&T) -> Result<Vec<u8>, Unavailable> + Sync),
}

impl<'a, T> Once<'a, T> {
    /// A creation under `key` that `answer` will be given for.
    pub fn new(key: Option<OnceKey>, answer: &'a (dyn Fn(&T) -> Result<Vec<u8>, Unavailable> + Sync)) -> Self {
        Self { key, answer }
    }

    /// The key, if the sender gave one.
    pub fn key(&self) -> Option<&OnceKey> {
        self.key.as_ref()
    }

    /// What to keep together with `created`.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the answer could not be sealed.
    pub fn remember(&self, created: &T, at: Timestamp) -> Result<Option<Remembered>, Unavailable> {
        let remembered = |key| {
            Ok(Remembered {
                key,
                answer: (self.answer)(created)?,
                at,
            })
        };
        self.key.map(remembered).transpose()
    }
}

/// What became of a request that may be a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It was not answered yet, as far as is known.
    Never,
    /// It was answered so.
    With(Vec<u8>),
    /// Its key was used for a request with another body.
    Otherwise,
}

/// Keeps the answers of repeatable requests whose effect is in another store.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Takes the key for the request, and says what became of the request before.
    ///
    /// - MUST give a key to one body alone, also when several ask at once.
    async fn claim(&self, key: &OnceKey, at: Timestamp) -> Result<Answered, Unavailable>;

    /// Keeps an answer for 24 hours at least. MUST leave one that is kept already as it is.
    async fn keep(&self, remembered: &Remembered) -> Result<(), Unavailable>;
}
