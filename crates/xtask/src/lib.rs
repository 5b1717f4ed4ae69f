//! Real servers for tests, each with a data folder of its own, and the search for their programs.
//!
//! The binary of this package is the project's task runner: `cargo xtask help` lists its commands. Unix only.

pub mod poll;
pub mod programs;
pub mod random;
pub mod servers;
