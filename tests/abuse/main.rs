//! What somebody does who means harm, and what holds meanwhile: others are answered, memory stays within bounds, secrets stay out of
//! the log, and nobody gets what is not theirs. `docs/abuse.md` has the table of it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; figures are shown when it is run with --nocapture"
)]

mod bombs;
mod connections;
mod cursors;
mod heads;
mod ids;
mod lines;
mod logs;
mod refreshing;
mod siege;
mod slowness;
mod smuggling;
mod socketio;
mod sockets;
mod tokens;
