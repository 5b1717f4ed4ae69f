//! The rules of ARCHITECTURE.md that no compiler checks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a workspace that cannot be read fails the test that reads it"
)]

mod dependencies;
mod manifests;
mod migrations;
mod sources;
mod supply;
mod workspace;
