//! The project's task runner: `cargo xtask help`.

mod arguments;
mod clients;
mod commands;
mod fuzz;
mod lints;
mod provision;
mod steps;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::{HELP, Task};
use steps::Steps;

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    steps::report(&format!("xtask: {error}"));
    ExitCode::from(if error.kind() == io::ErrorKind::Interrupted {
        INTERRUPTED
    } else {
        1
    })
}

fn run() -> io::Result<()> {
    let task = arguments::parse(env::args().skip(1)).map_err(io::Error::other)?;
    let mut steps = Steps::new()?;
    match task {
        Task::Help => io::stdout().write_all(HELP.as_bytes()),
        Task::Provision => commands::provision(&mut steps),
        Task::Servers => commands::servers(&mut steps),
        Task::Check => steps.timed(commands::check),
        Task::Fuzz { target, seconds } => steps.timed(|steps| fuzz::fuzz(steps, target.as_deref(), seconds)),
        Task::Test { only_tests, arguments } => steps.timed(|steps| commands::test(steps, only_tests, &arguments)),
    }
}
