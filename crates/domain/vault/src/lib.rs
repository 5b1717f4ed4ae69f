//! Secrets that organizations entrust to Tenon: sealed where they are kept, and wrapped anew when keys are rotated.
//!
//! [`Vault`] is the service for credentials, [`Rotation`] the one that brings every sealed record under the current master key.
//!
//! Architecture Invariant: what was sealed leaves through [`Vault::open`] alone, which no route calls.

mod credential;
mod errors;
mod opened;
mod pem;
mod ports;
mod rotation;
mod values;
mod vault;

pub use credential::{Credential, CredentialKind, CredentialName, Draft, UnknownKind};
pub use errors::{CredentialError, OpenCredentialError};
pub use pem::Pem;
pub use ports::{Credentials, RemoveError, ReplaceError, Replacement, Rewrapped, Wrapping, Wrappings};
pub use rotation::{Census, Progress, Rotation, Unreadable};
pub use values::{ClientId, Directory, GraphApp, GraphProof, SecretText, Values};
pub use vault::Vault;
