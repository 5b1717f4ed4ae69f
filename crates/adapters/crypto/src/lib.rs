//! The cryptography of Tenon: password hashes, opaque tokens, access tokens, sealing and signatures.
//!
//! Architecture Invariant: nothing here is invented. Every construction is a published one, made of maintained crates, and
//! this crate only chooses parameters and refuses everything else.

mod keyring;
mod passwords;
mod sealing;
mod secrets;
mod signatures;
mod tokens;

pub use keyring::{KeyFile, KeyFileError, KeyFileLock, Ring, RingError};
pub use passwords::{Argon2Config, Argon2Passwords};
pub use sealing::{Aes256Gcm, Encrypted, SealError, decrypt, encrypt};
pub use secrets::RandomSecrets;
pub use signatures::Ed25519;
pub use tokens::{JwtConfig, JwtTokens, KeyError};
