//! What can be typed, by subject. What each command does is in the module of its name.

mod accounts;
mod api_keys;
mod audit;
mod chat;
mod configuration;
mod data;
mod format;
mod graph;
mod keys;
mod organizations;
mod queues;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub use accounts::{UsersCommand, Who};
pub use api_keys::{ApiKeysCommand, NewKey};
pub use audit::{AuditCommand, AuditList};
pub use chat::ChatArguments;
pub use configuration::ConfigCommand;
pub use data::{Backup, MigrateData, Restore};
pub use format::Format;
pub use graph::{AppsCommand, Chosen as ChosenSubscription, GraphCommand, Simulate, SubscriptionsCommand};
pub use keys::KeysCommand;
pub use organizations::{Chosen as ChosenMember, MembersCommand, OrgsCommand};
pub use queues::QueuesCommand;

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

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve; what happens without a command.
    Serve,
    /// Bring the database to this version's schema, and exit.
    Migrate,
    /// Look at the database, Redis, clocks, keys, the disk, the port and proxies, and say what to do: exit 0 if nothing is broken, 1 if
    /// something is. Changes nothing.
    Doctor(Format),
    /// Write a backup of the database, while servers go on with it.
    Backup(Backup),
    /// Check a backup and put it in the place of the configured database, which no server may have open.
    Restore(Restore),
    /// Copy everything from SQLite to Postgres, compare the two, and exit 0 if they are the same; or go on where that was interrupted.
    MigrateData(MigrateData),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the configured address whether Tenon is ready there: exit 0 if it is, 1 if not.
    Health,
    /// Look after the keys that seal.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// See to what Microsoft Graph tells of, or try it out.
    #[command(subcommand)]
    Graph(GraphCommand),
    /// Print the OpenAPI document of the HTTP interface.
    Openapi,
    /// Count the jobs of every queue, or see to those that were given up: works on the database, also while Tenon serves.
    Queues {
        #[command(subcommand)]
        command: Option<QueuesCommand>,
        #[command(flatten)]
        format: Format,
    },
    /// Look after accounts: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Users(Box<UsersCommand>),
    /// Look after organizations: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Orgs(Box<OrgsCommand>),
    /// Look after who belongs to an organization: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Members(Box<MembersCommand>),
    /// Make, list or revoke the API keys of an organization: works on the database, also while Tenon serves.
    #[command(subcommand)]
    ApiKeys(ApiKeysCommand),
    /// Read the audit log, or go through its chains: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Talk to the people of your organization, end-to-end encrypted. Writes each event as a line of JSON, with --json and where the
    /// output is no terminal.
    Chat(Box<ChatArguments>),
    /// Print what has a shell complete these commands.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Write the manual as pages for `man`: each command's into a folder, or the first one to the output.
    Man {
        /// The folder, which is made.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    /// Each command that does something, by its words.
    fn leaves(command: &clap::Command, before: &[&str]) -> Vec<(Vec<String>, clap::Command)> {
        let of = |command: &clap::Command| {
            let words = [before, &[command.get_name()]].concat();
            let mut found = leaves(command, &words);
            if found.is_empty() || !command.is_subcommand_required_set() {
                found.push((words.iter().copied().map(str::to_owned).collect(), command.clone()));
            }
            found
        };
        command.get_subcommands().flat_map(of).collect()
    }

    #[test]
    fn every_command_that_prints_data_can_print_json() {
        let others = [
            "serve",
            "migrate",
            "health",
            "openapi",
            "completions",
            "man",
            "config reference",
            "graph simulate",
        ];
        for (words, command) in leaves(&CommandLine::command(), &[]) {
            let has = command.get_arguments().any(|argument| argument.get_id() == "json");
            assert_eq!(has, !others.contains(&words.join(" ").as_str()), "{words:?}");
        }
    }

    #[test]
    fn every_command_is_documented() {
        let rows: Vec<&str> = include_str!("../../../../docs/command-line.md")
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        for (words, _) in leaves(&CommandLine::command(), &[]) {
            let (last, before) = words.split_last().unwrap();
            let begin = format!("| `{}", before.join(" "));
            let names = |row: &&&str| {
                let cell = row.split('|').nth(1).unwrap_or_default();
                cell.split(|c: char| !c.is_alphanumeric() && c != '-')
                    .any(|word| word == last)
            };
            let found = rows.iter().filter(|row| row.starts_with(&begin)).any(|row| names(&row));
            assert!(found, "{words:?}");
        }
    }

    #[test]
    fn no_command_means_serve_and_the_file_may_stand_anywhere() {
        assert!(CommandLine::parse_from(["tenon"]).command.is_none());
        let line = CommandLine::parse_from(["tenon", "config", "show", "--config", "x.toml"]);
        assert!(matches!(line.command, Some(Command::Config(ConfigCommand::Show(_)))));
        assert_eq!(line.config.unwrap().to_str(), Some("x.toml"));
    }
}
