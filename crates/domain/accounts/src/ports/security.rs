use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tenon_kernel::{Entry, Timestamp, Unavailable};

use crate::{AccessToken, Claims, OpaqueToken, PasswordHash, Revocation, Salt, TokenDigest};

/// Why nothing was hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The queue is full; a place should be free after this time.
    #[error("too many passwords are being hashed")]
    Busy(Duration),
    /// Hashing itself failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The outcome of comparing a password with a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// It is the password. The hash has the parameters of today.
    Match,
    /// It is the password. The hash was made with other parameters; this one replaces it.
    Outdated(PasswordHash),
    /// It is not, or there is no such account.
    Mismatch,
}

/// Hashes passwords (argon2id, RFC 9106).
#[async_trait]
pub trait Passwords: Send + Sync {
    /// Hashes a new password.
    async fn hash(&self, password: &SecretString) -> Result<PasswordHash, HashError>;

    /// Compares a password with a hash.
    ///
    /// - MUST do the same work without a hash as with one, and answer [`Verification::Mismatch`].
    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verification, HashError>;
}

/// Makes and digests opaque tokens.
pub trait Secrets: Send + Sync {
    /// A new token of 256 random bits.
    fn token(&self) -> Result<OpaqueToken, Unavailable>;

    /// A new salt of 256 random bits.
    fn salt(&self) -> Result<Salt, Unavailable>;

    /// SHA-256 of the token.
    fn digest(&self, token: &OpaqueToken) -> TokenDigest;

    /// The token that follows `parent`: HMAC-SHA-256 of the salt under the parent. MUST be the same for the same input,
    /// and unknowable from the salt and the digests of both tokens.
    fn successor(&self, parent: &OpaqueToken, salt: &Salt) -> OpaqueToken;

    /// Whether two secrets are equal, in a time that does not depend on where they differ.
    fn same(&self, one: &SecretString, other: &SecretString) -> bool;
}

/// Why a token was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It is no token of this installation, or lacks a claim.
    #[error("the token is invalid")]
    Invalid,
}

/// Signs and checks access tokens (RFC 7519, RFC 9068).
pub trait AccessTokens: Send + Sync {
    /// Signs the claims with the newest key.
    fn sign(&self, claims: &Claims) -> Result<AccessToken, Unavailable>;

    /// Checks a token at `now`.
    ///
    /// - MUST accept every key of the ring and no other, and no algorithm but its own.
    /// - MUST refuse a token that lacks one of the claims, or is for another issuer or audience.
    /// - MUST allow 5 s of difference between clocks.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, InvalidToken>;
}

/// Counts wrong passwords per account. Keys are digests of addresses, of accounts that exist and of such that do not.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// How long the account still has to wait; zero when it need not.
    async fn wait(&self, account: &str) -> Duration;

    /// Notes a wrong password and starts the wait that [`crate::backoff`] names for the number of them in a row.
    ///
    /// - MUST count concurrent failures one by one.
    /// - MUST forget the failures when none came for half an hour.
    async fn failed(&self, account: &str);

    /// Notes the right password: the count starts anew.
    async fn succeeded(&self, account: &str);
}

/// The revocations that are stored, from which every instance learns what others revoked.
#[async_trait]
pub trait Revocations: Send + Sync {
    /// Stores a revocation that no other change goes with, and the entry, or neither.
    async fn write(&self, revocation: &Revocation, at: Timestamp, entry: &Entry) -> Result<(), Unavailable>;

    /// The revocations written since `since`, less those that can be forgotten at `now`.
    async fn since(&self, since: Timestamp, now: Timestamp) -> Result<Vec<Revocation>, Unavailable>;
}

/// Tells the other instances of revocations before they look into the store.
#[async_trait]
pub trait RevocationFeed: Send + Sync {
    /// Sends the revocations to whoever listens. A lost message is no error: the store has them.
    async fn announce(&self, revocations: &[Revocation]);
}
