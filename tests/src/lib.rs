//! What the tests of the whole product share.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test, and says why"
)]

pub mod accounts;
pub mod app;
pub mod assets;
pub mod audit;
pub mod browser;
pub mod clock;
pub mod cluster;
pub mod databases;
pub mod descriptors;
#[cfg(target_os = "linux")]
pub mod disk;
pub mod fault_proxy;
pub mod graph;
pub mod graph_scene;
pub mod jobs;
pub mod keys;
pub mod lock;
pub mod mail;
pub mod page;
pub mod poster;
pub mod program;
pub mod proxy;
pub mod race;
pub mod rooms;
pub mod stores;
pub mod tally;
pub mod terminal;
pub mod vault;
pub mod waiting;

pub use xtask::random;
