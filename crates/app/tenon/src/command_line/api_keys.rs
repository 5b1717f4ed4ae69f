use clap::{Args, Subcommand};
use tenon_accounts::ApiKeyName;
use tenon_kernel::{ApiKeyId, KeyScope, OrganizationId, Timestamp, UserId};

use super::Format;

#[derive(Debug, Clone, Subcommand)]
pub enum ApiKeysCommand {
    /// Make a key, and print it this once.
    Create(NewKey),
    /// List the keys, the newest first, without what is secret of them.
    List {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[command(flatten)]
        format: Format,
    },
    /// Revoke a key.
    Revoke {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[arg(value_name = "ID")]
        key: ApiKeyId,
        #[command(flatten)]
        format: Format,
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
    #[command(flatten)]
    pub format: Format,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::command_line::CommandLine;

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
}
