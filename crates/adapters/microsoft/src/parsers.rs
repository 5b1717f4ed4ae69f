//! What comes from Microsoft, or from somebody who says so, read without asking anybody: as functions of bytes alone.
//!
//! [`PublishedKeys`](crate::PublishedKeys) reads with the same functions. They are public so that a fuzzer can reach them without a
//! server of keys (`tests/fuzzing`).

use jsonwebtoken::decode_header;
use tenon_graph::{TokenError, Verified};
use tenon_kernel::Timestamp;

use crate::claims::Claims;
use crate::keys;

/// The id of the key that a validation token names, which is signed in the one way that is taken.
///
/// # Errors
///
/// [`TokenError::Forged`] with what is wrong.
pub fn key_of(token: &str) -> Result<String, TokenError> {
    let header = decode_header(token).map_err(|_| TokenError::Forged("header"))?;
    keys::named(&header)
}

/// Whom claims vouch for, once their signature is known to be good.
///
/// # Errors
///
/// [`TokenError::Forged`] with the claim that is not what it must be.
pub fn vouched(claims: &[u8], clients: &[String], now: Timestamp) -> Result<Verified, TokenError> {
    let claims: Claims = serde_json::from_slice(claims).map_err(|_| TokenError::Forged("claims"))?;
    claims.check(clients, None, now).map_err(TokenError::Forged)
}

/// How many keys of a published list can be used; nothing when it is no list.
pub fn usable_keys(list: &[u8]) -> Option<usize> {
    keys::usable(list)
}
