//! The WebSocket: opened again whenever it ends, with the token renewed while it is open.

mod backoff;
mod connection;
mod frames;
mod line;

pub(crate) use frames::{FromServer, MessageEntry, Receipt, ReceiptEntry, ToServer};
pub(crate) use line::{Line, News};
