//! The binary `tenon`: configuration, logs, the wiring of adapters to services, background work and the command line.
//!
//! Architecture Invariant: this is the only crate that knows every adapter, and it holds no rule of any domain.

mod api_keys;
mod application;
mod audit;
mod background;
mod backup;
mod banner;
mod chat;
mod command_line;
mod commands;
mod configuration;
mod data_folder;
mod doctor;
mod graph;
mod keys;
mod listener;
mod logging;
mod manual;
mod meanwhile;
mod migrate_data;
mod operator;
mod organizations;
mod pages;
mod progress;
mod prompt;
mod queues;
mod readiness;
mod secrets;
mod signals;
mod simulate;
mod telemetry;
mod terminal;
mod users;
mod wiring;
mod workers;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let started = Instant::now();
    commands::run(command_line::CommandLine::parse(), started)
}
