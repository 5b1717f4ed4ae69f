//! Changes that Microsoft Graph tells of: subscriptions to them, and the way of a notification from the webhook to a room.
//!
//! Source of the protocol: Microsoft's pages on change notifications, lifecycle notifications and notifications with resource data.

mod remote;
mod rich;

pub use remote::{App, AppSecret, Granted, Remote, RemoteError, RemoteId, Wanted};
pub use rich::{
    Certificate, EncryptedContent, Envelope, EnvelopeError, NewCertificate, PublicCertificate, TokenError, Tokens,
    Verified,
};
