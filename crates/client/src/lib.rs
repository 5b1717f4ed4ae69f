//! A client of Tenon: end-to-end-encrypted messages without their mechanics.
//!
//! It signs in and stays signed in, holds a WebSocket open and comes back when it ends, sends each message once and takes each
//! message once, whatever is killed in between, and encrypts in both modes that the server knows.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tenon_client::{Incoming, Messenger, Options, Session, keystore::Store};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let server = "http://127.0.0.1:4000".parse()?;
//! let store = Arc::new(Store::open("keys".as_ref(), None)?);
//! let session = match Session::resume(&server, &store)? {
//!     Some(session) => session,
//!     None => Session::sign_in(&server, &store, "ada@example.com", &"her password".into()).await?,
//! };
//! let mut messenger = Messenger::open(session, Options::default()).await?;
//! while let Some(incoming) = messenger.next().await {
//!     if let Incoming::Message(message) = incoming {
//!         messenger.send(message.peer, format!("You said: {}", message.text)).await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! - [`Messenger`]: all of it. [`Session`]: signing in. [`keystore`]: what is kept, and how.
//! - [`simple`], [`devices`]: the two ways to encrypt, without any input or output.
//! - [`safety`], [`keylog`]: how people notice that a server hands out false keys.
//!
//! # What is promised
//!
//! - [`Messenger::send`] returns when the message is on the disk. It reaches the server once, and keeps its place among those to the
//!   same person, also when the process is killed or the connection cut at any time.
//! - [`Messenger::next`] tells of each message once, and acknowledges it when the call after that is made. A process that is killed
//!   in between is told of it again, as [`again`](messenger::Message::again) says.
//! - What cannot be opened is told as [`Incoming::Undecryptable`] and does not hold up what comes after it.
//! - No private key, text or token is in any `Debug` or log of this crate; private keys are wiped from memory when they are dropped.
//!
//! Architecture Invariant: this crate knows no other of the workspace. It is what somebody else could write against the server.

mod encoding;
mod key;
mod socket;

pub mod api;
pub mod devices;
pub mod keylog;
pub mod keystore;
pub mod messenger;
pub mod safety;
pub mod session;
pub mod simple;

pub use encoding::NoRandomness;
pub use key::PublicKey;
pub use messenger::{Incoming, Messenger, Options};
pub use session::Session;
