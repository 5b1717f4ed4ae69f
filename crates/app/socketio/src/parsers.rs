//! What clients send, read without a server: packets of Engine.IO and of Socket.IO, as functions of bytes alone.
//!
//! Sessions read with the same types. They are public for whoever wants the parsers only, such as a fuzzer (`tests/fuzzing`).

pub use crate::engine::packet::{Arrived, Malformed};
pub use crate::socket::decoder::{Content, Decoded, Decoder};
