//! A client of Tenon.

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
