//! The whole way of what Microsoft Graph tells of: subscriptions, posts, the queue, the feed, against a Graph of this machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails fails its test"
)]

mod certificates;
mod duplicates;
mod forgeries;
mod handshake;
mod lifecycle;
mod operating;
mod posting;
mod replay;
mod subscriptions;
mod telling;
