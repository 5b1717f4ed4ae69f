//! The console in headless Chromium, driven as a person would: by what can be read there. Every story ends with the proof
//! that the page wrote nothing to the browser's console and asked nothing of another origin.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod accessibility;
mod administration;
mod api_keys;
mod assets;
mod audit;
mod desk;
mod encryption;
mod graph;
mod keyboard;
mod messages;
mod organization;
mod pages;
mod queues;
mod rooms;
mod screens;
mod sessions;
mod signing_in;
mod socket;
mod visit;
