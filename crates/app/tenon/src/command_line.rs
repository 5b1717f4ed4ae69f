use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The whole backend of a multi-tenant, real-time application, in one binary.
#[derive(Debug, Parser)]
#[command(name = "tenon", version)]
pub struct CommandLine {
    /// The configuration file; otherwise what TENON_CONFIG names, or tenon.toml if there is one.
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// Serve; what happens without a command.
    Serve,
    /// Bring the database to this version's schema, and exit.
    Migrate,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the configured address whether Tenon is ready there: exit 0 if it is, 1 if not.
    Health,
    /// Print the OpenAPI document of the HTTP interface.
    Openapi,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// List every mistake; exit 78 if there is one.
    Check,
    /// Print what applies and where it came from, with secrets masked.
    Show,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn no_command_means_serve_and_the_file_may_stand_anywhere() {
        assert!(CommandLine::parse_from(["tenon"]).command.is_none());
        let line = CommandLine::parse_from(["tenon", "config", "show", "--config", "x.toml"]);
        assert!(matches!(line.command, Some(Command::Config(ConfigCommand::Show))));
        assert_eq!(line.config.unwrap().to_str(), Some("x.toml"));
    }
}
