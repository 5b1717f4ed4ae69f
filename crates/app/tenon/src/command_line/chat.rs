use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::Format;

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
    #[command(flatten)]
    pub format: Format,
}
