//! End-to-end-encrypted messages: the server stores and moves ciphertext that it cannot read.
//!
//! `keys` is what people encrypt with: public keys, devices with their prekeys, and the log of what changed. `mail` is
//! what they send: messages, receipts, conversations.

mod device;
pub mod keys;

pub use device::DeviceId;
