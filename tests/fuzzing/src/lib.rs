//! Every parser of Tenon that takes bytes from outside, as a function of bytes that panics when the parser breaks a promise.
//!
//! The fuzz targets in `fuzz` and the tests in `tests` call the same functions: what a fuzzer finds is put into `fuzz/corpus` and stays
//! found, on stable Rust and without a fuzzer.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken promise ends the fuzzer's run, and fails the test"
)]

mod bodies;
mod cursors;
mod envelopes;
mod frames;
mod graph;
mod headers;
mod keys;
mod packets;
mod tokens;
mod values;

/// A parser, or some that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of the fuzz target and of its corpus.
    pub name: &'static str,
    /// Panics when a promise is broken.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 16] = [
    Target::new("access_tokens", tokens::access),
    Target::new("conditions", headers::conditions),
    Target::new("cursors", cursors::cursors),
    Target::new("encrypted_content", envelopes::open),
    Target::new("engineio_payloads", packets::engineio),
    Target::new("graph_handshakes", graph::handshake),
    Target::new("graph_posts", graph::post),
    Target::new("graph_tokens", graph::tokens),
    Target::new("key_bundles", bodies::keys),
    Target::new("key_files", keys::file),
    Target::new("key_logs", keys::log),
    Target::new("requests", bodies::requests),
    Target::new("socketio_packets", packets::socketio),
    Target::new("tenon_frames", frames::tenon),
    Target::new("values", values::values),
    Target::new("websocket_frames", frames::websocket),
];

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self { name, run }
    }
}

/// Runs the target of this name.
///
/// # Panics
///
/// When there is none, and when a promise is broken.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).run)(bytes);
}

/// Text of any bytes, so that none are wasted on what no text is.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
