//! What is done with whole databases.

use std::path::PathBuf;

use clap::Args;

use super::Format;

#[derive(Debug, Clone, Args)]
pub struct Backup {
    /// The folder to make.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Put the files of secrets into it as well: whoever has the backup can then read everything and sign in as anybody.
    #[arg(long)]
    pub with_secrets: bool,
    #[command(flatten)]
    pub format: Format,
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
    #[command(flatten)]
    pub format: Format,
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
    #[command(flatten)]
    pub format: Format,
}
