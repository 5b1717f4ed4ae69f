mod administration;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use tenon_accounts::ApiKeyName;
use tenon_jobs::{QueueName, State};
use tenon_kernel::{Action, ApiKeyId, JobId, KeyScope, OrganizationId, Timestamp, UserId};
use url::Url;

pub use administration::{UsersCommand, Who};

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
    Doctor(Doctor),
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
    /// Try Microsoft Graph out.
    #[command(subcommand)]
    Graph(GraphCommand),
    /// Print the OpenAPI document of the HTTP interface.
    Openapi,
    /// Count the jobs of every queue, or see to those that were given up: works on the database, also while Tenon serves.
    Queues {
        #[command(subcommand)]
        command: Option<QueuesCommand>,
    },
    /// Look after accounts: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Users(Box<UsersCommand>),
    /// Make, list or revoke the API keys of an organization: works on the database, also while Tenon serves.
    #[command(subcommand)]
    ApiKeys(ApiKeysCommand),
    /// Read the audit log, or go through its chains: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Talk to the people of your organization, end-to-end encrypted.
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

#[derive(Debug, Clone, Copy, Args)]
pub struct Doctor {
    /// Print what was found as one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Backup {
    /// The folder to make.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Put the files of secrets into it as well: whoever has the backup can then read everything and sign in as anybody.
    #[arg(long)]
    pub with_secrets: bool,
    /// Print the outcome as one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Restore {
    /// The folder of a backup.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Only check: every digest, and every page of the database. Changes nothing.
    #[arg(long)]
    pub verify: bool,
    /// Restore although there is data. A file that was there stays beside the restored one, under another name; what is in a
    /// Postgres database goes.
    #[arg(long, conflicts_with = "verify")]
    pub force: bool,
    /// Print the outcome as one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct MigrateData {
    /// The installation to copy. No server may be running on it; it is not changed.
    #[arg(long, value_name = "sqlite:PATH")]
    pub from: String,
    /// An empty database; otherwise what DATABASE_URL names, so that a password stays out of the list of processes.
    #[arg(
        long,
        value_name = "postgres://USER@HOST/NAME",
        env = "DATABASE_URL",
        hide_env_values = true
    )]
    pub to: String,
    /// Print the outcome as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Where and as whom to talk.
#[derive(Debug, Clone, Args)]
pub struct ChatArguments {
    /// The server.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    pub server: Url,
    /// The address of your account. The password is asked for, or taken from TENON_PASSWORD.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Make the account.
    #[arg(long)]
    pub register: bool,
    /// Your name, for a new account.
    #[arg(long)]
    pub name: Option<String>,
    /// In which of your organizations, if you have several: its name or id.
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// Accept this invitation first, and talk in its organization.
    #[arg(long, value_name = "TOKEN")]
    pub invitation: Option<String>,
    /// Whom to talk to: their address.
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// The folder for keys and history; otherwise one of your configuration folder.
    #[arg(long, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// Protect a new folder with a passphrase, which is asked for, or taken from TENON_PASSPHRASE.
    #[arg(long)]
    pub passphrase: bool,
    /// Use the one key of the account, as browsers do, and no device of its own: without forward secrecy.
    #[arg(long)]
    pub simple: bool,
    /// With --simple: replace the account's key if its private half is not here.
    #[arg(long, requires = "simple")]
    pub replace_key: bool,
    /// Write each event as a line of JSON; what happens by itself when the output is no terminal.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// List every mistake; exit 78 if there is one.
    Check,
    /// Print what applies and where it came from, with secrets masked.
    Show,
    /// Print what every key is for, as Markdown.
    Reference,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// Print the keys, which one seals, and how many records are under each.
    Status,
    /// Make a new key and bring every record under it, while servers serve; or go on where that was interrupted.
    ///
    /// Keys that were configured as such and not in a file are not made here: every record comes under auth.encryption_key.
    Rotate(Rotate),
}

#[derive(Debug, Clone, Copy, Args)]
pub struct Rotate {
    /// Instead, take the keys out of the file that nothing is under any more. A day after the last new key at the earliest: so long
    /// answers are kept for repeated requests, and tickets, which no rotation brings under another key.
    #[arg(long)]
    pub finish: bool,
    /// With --finish: a minute after the last new key at the earliest, whatever becomes of those.
    #[arg(long, requires = "finish")]
    pub at_once: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AuditCommand {
    /// List what it tells, newest first.
    List(AuditList),
    /// Compute every hash anew: exit 0 if nothing was changed or removed, and 1 with the first wrong entry of each chain.
    Verify {
        /// Only the chain of this organization, which may be gone.
        #[arg(long, value_name = "ID")]
        organization: Option<OrganizationId>,
        /// Print one JSON object, at the end.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, Args)]
pub struct AuditList {
    /// Only the log of this organization, which may be gone.
    #[arg(long, value_name = "ID")]
    pub organization: Option<OrganizationId>,
    /// Only what tells of this, such as session.refused.
    #[arg(long)]
    pub action: Option<Action>,
    /// At most so many; all without it.
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u64>,
    /// Print each as a line of JSON, as the API has it.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub enum GraphCommand {
    /// Be a Microsoft Graph on this machine, which posts to whoever subscribes. Needs no account, no network and no configuration.
    Simulate(Simulate),
}

#[derive(Debug, Clone, Args)]
pub struct Simulate {
    /// The port of 127.0.0.1 to listen on; 0 for any that is free.
    #[arg(long, default_value_t = 4010)]
    pub port: u16,
    /// How often something is posted: 500ms, 2s, 1m.
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = span)]
    pub every: Duration,
    /// Post nothing but what POST /simulate/notifications asks for.
    #[arg(long, conflicts_with = "every")]
    pub quiet: bool,
    /// The server that is going to subscribe, for the commands that are printed.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    pub server: Url,
}

/// Reads `500ms`, `2s` or `1m`, of a millisecond to an hour.
fn span(text: &str) -> Result<Duration, &'static str> {
    let wrong = "must be like 500ms, 2s or 1m, and from 1ms to 60m";
    let units = [("ms", 1), ("s", 1000), ("m", 60_000)];
    let found = units
        .iter()
        .find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, millis)));
    let (number, millis) = found.ok_or(wrong)?;
    let count: u64 = number.parse().map_err(|_| wrong)?;
    let all = count.checked_mul(*millis).filter(|all| (1..=3_600_000).contains(all));
    all.map(Duration::from_millis).ok_or(wrong)
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum QueuesCommand {
    /// List the jobs of a queue, the earliest first, each with the error of its last attempt.
    List {
        queue: QueueName,
        /// waiting, running or dead.
        #[arg(long, value_name = "STATE", default_value = "dead")]
        state: State,
    },
    /// Have a dead job done after all.
    Retry(Choice),
    /// Discard a job that is dead or waits.
    Discard {
        #[arg(value_name = "ID")]
        job: JobId,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum ApiKeysCommand {
    /// Make a key, and print it this once.
    Create(NewKey),
    /// List the keys, the newest first, without what is secret of them.
    List {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        /// Write each as a line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key.
    Revoke {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[arg(value_name = "ID")]
        key: ApiKeyId,
        /// Write what was done as a line of JSON.
        #[arg(long)]
        json: bool,
    },
}

/// An API key to be.
#[derive(Debug, Clone, Args)]
pub struct NewKey {
    #[arg(long, value_name = "ID")]
    pub organization: OrganizationId,
    /// What to call it.
    #[arg(long, value_parser = ApiKeyName::parse)]
    pub name: ApiKeyName,
    /// What it may be used for: assets:read, assets:write, events:publish, rooms:read or places:read. May be given several times.
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    pub scopes: Vec<KeyScope>,
    /// From when on it is refused: 2027-01-31T12:00:00Z. Never without it.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub expires_at: Option<Timestamp>,
    /// The member in whose name it acts; otherwise the owner who registered first.
    #[arg(long, value_name = "ID")]
    pub creator: Option<UserId>,
    /// Write it as a line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// One job, or all dead ones.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
pub struct Choice {
    #[arg(value_name = "ID")]
    pub job: Option<JobId>,
    /// Every dead job of every queue.
    #[arg(long)]
    pub all: bool,
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

    #[test]
    fn a_span_has_a_unit_and_is_from_a_millisecond_to_an_hour() {
        for (text, millis) in [("1ms", 1), ("500ms", 500), ("2s", 2000), ("60m", 3_600_000)] {
            assert_eq!(span(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "2",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "61m",
            "2h",
            "99999999999999999999m",
            "18446744073709551615m",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_api_key_is_made_with_a_name_and_scopes_that_exist() {
        let id = "0198c0de-0000-7000-8000-000000000000";
        let create = |words: &[&str]| {
            CommandLine::try_parse_from([&["tenon", "api-keys", "create", "--organization", id], words].concat())
        };
        let scopes = ["--scope", "assets:read", "--scope", "rooms:read"];
        assert!(create(&[&["--name", "Warehouse"], &scopes[..]].concat()).is_ok());
        for words in [
            &["--name", "Warehouse"][..],
            &scopes,
            &["--name", " ", "--scope", "assets:read"],
            &["--name", "Warehouse", "--scope", "assets"],
            &[
                "--name",
                "Warehouse",
                "--scope",
                "assets:read",
                "--expires-at",
                "tomorrow",
            ],
        ] {
            assert!(create(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn jobs_are_retried_one_by_one_or_all_of_them() {
        let retry = |words: &[&str]| CommandLine::try_parse_from([&["tenon", "queues", "retry"], words].concat());
        let id = "0198c0de-0000-7000-8000-000000000000";
        assert!(retry(&[id]).is_ok() && retry(&["--all"]).is_ok());
        assert!(retry(&[]).is_err() && retry(&[id, "--all"]).is_err() && retry(&["7"]).is_err());
    }
}
