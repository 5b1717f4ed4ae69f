//! What the project says of itself, held with the running server: the description of the API, the protocol of sockets, and the
//! examples in both.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod asyncapi;
mod examples;
mod fuzzing;
mod guide;
mod page;
mod python;
