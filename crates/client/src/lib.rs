//! A client of Tenon.

mod encoding;
mod key;

pub mod devices;
pub mod keylog;
pub mod keystore;
pub mod safety;
pub mod simple;

pub use encoding::NoRandomness;
pub use key::PublicKey;
