//! Clients that are not ours: a page in Chromium, `websockets` on Python, and `ws` on Node. `tokio-tungstenite` is the client
//! of all other tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step of a test that fails fails the test"
)]

mod encryption;
mod endurance;
mod holding;
mod signing_out;
mod stories;
mod story;

use tenon_tests::browser::Browser;
use tenon_tests::program::Program;

/// A client that does what it is told.
///
/// Commands and answers: `{"open": {url, protocols?, headers?}}` is answered `{"opened": subprotocol}` or
/// `{"refused": status}`, without a status where the client is told none; `{"send": text}` is answered `{}`; and
/// `{"next": true}` waits for `{"text": ..}`, `{"binary": length}` or `{"closed": code, "reason": ..}`.
trait Drive {
    async fn ask(&mut self, command: &serde_json::Value) -> serde_json::Value;
}

impl Drive for Program {
    async fn ask(&mut self, command: &serde_json::Value) -> serde_json::Value {
        // Its own, which has the same name.
        Self::ask(self, command).await
    }
}

impl Drive for Browser {
    async fn ask(&mut self, command: &serde_json::Value) -> serde_json::Value {
        Self::ask(self, command).await
    }
}
