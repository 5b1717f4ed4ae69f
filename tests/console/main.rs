//! The console in headless Chromium, driven as a person would: by what can be read there. Every story ends with the proof
//! that the page wrote nothing to the browser's console and asked nothing of another origin.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

/// A story on one setup: what the server does on the other is told by `tests/http`, and a browser takes long.
macro_rules! story {
    ($setup:ident, $name:ident, |$app:ident| $story:block) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let $app = tenon_tests::app::Setup::$setup;
            $story
        }
    };
}

mod accessibility;
mod administration;
mod api_keys;
mod asset_places;
mod assets;
mod audit;
mod credentials;
mod desk;
mod encryption;
mod graph;
mod keyboard;
mod messages;
mod organization;
mod overview;
mod pages;
mod queues;
mod retention;
mod rooms;
mod screens;
mod sessions;
mod signing_in;
mod socket;
mod visit;
