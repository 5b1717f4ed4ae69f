//! What each command does.

use std::process::ExitCode;

use crate::command_line::{Command, CommandLine, ConfigCommand};
use crate::configuration::{Configuration, Variables};
use crate::terminal;

/// `EX_CONFIG` of `sysexits.h`: something is wrong with the configuration.
const MISCONFIGURED: u8 = 78;

/// Does what the command line says.
pub fn run(line: CommandLine) -> ExitCode {
    let configuration = match Configuration::load(line.config.as_deref(), &Variables::of_this_process()) {
        Ok(configuration) => configuration,
        Err(problems) => {
            terminal::tell(problems);
            return ExitCode::from(MISCONFIGURED);
        }
    };
    match line.command.unwrap_or(Command::Serve) {
        Command::Serve | Command::Migrate | Command::Health => ExitCode::FAILURE,
        Command::Config(ConfigCommand::Check) => check(&configuration),
        Command::Config(ConfigCommand::Show) => {
            terminal::say(configuration.overview);
            ExitCode::SUCCESS
        }
    }
}

fn check(configuration: &Configuration) -> ExitCode {
    for warning in &configuration.warnings {
        terminal::tell(format_args!("warning: {warning}"));
    }
    terminal::say("the configuration is valid");
    ExitCode::SUCCESS
}
