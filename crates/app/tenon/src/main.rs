//! The binary `tenon`: configuration, logs, the wiring of adapters to services, background work and the command line.
//!
//! Architecture Invariant: this is the only crate that knows every adapter, and it holds no rule of any domain.

mod command_line;
mod commands;
mod configuration;
mod logging;
mod secrets;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run(command_line::CommandLine::parse())
}
