//! The simulator, driven over HTTP as a subscriber and a person would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a scene that cannot be set fails the test"
)]

mod control;
mod notifications;
mod retries;
mod scene;
mod sign_in;
mod subscriber;
mod subscriptions;
