use clap::Subcommand;
use tenon_accounts::{DisplayName, Email, OrganizationName};
use tenon_kernel::{Invalid, UserId};

use super::Format;

/// Whose account.
#[derive(Debug, Clone)]
pub enum Who {
    Id(UserId),
    Address(Email),
}

#[derive(Debug, Clone, Subcommand)]
pub enum UsersCommand {
    /// List all accounts, in order of registration.
    List(Format),
    /// Show one account.
    Show {
        /// Its address or id.
        #[arg(value_name = "ACCOUNT", value_parser = who)]
        account: Who,
        #[command(flatten)]
        format: Format,
    },
    /// Make an account with an organization of its own. The password is asked for, or taken from TENON_PASSWORD.
    Create {
        /// What they sign in with.
        #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
        email: Email,
        /// What others see.
        #[arg(long, value_parser = DisplayName::parse)]
        name: DisplayName,
        /// What their organization is called; made from their name otherwise.
        #[arg(long, value_name = "NAME", value_parser = OrganizationName::parse)]
        organization: Option<OrganizationName>,
        #[command(flatten)]
        format: Format,
    },
    /// End all sessions of an account, and let nobody sign in to it.
    Disable {
        /// Its address or id.
        #[arg(value_name = "ACCOUNT", value_parser = who)]
        account: Who,
        #[command(flatten)]
        format: Format,
    },
    /// Let somebody sign in again.
    Enable {
        /// Its address or id.
        #[arg(value_name = "ACCOUNT", value_parser = who)]
        account: Who,
        #[command(flatten)]
        format: Format,
    },
    /// Give an account a new password and end all its sessions. The password is asked for, or taken from TENON_PASSWORD.
    ResetPassword {
        /// Its address or id.
        #[arg(value_name = "ACCOUNT", value_parser = who)]
        account: Who,
        #[command(flatten)]
        format: Format,
    },
}

/// Reads an address or an id.
///
/// # Errors
///
/// When it is neither.
pub fn who(text: &str) -> Result<Who, Invalid> {
    match text.parse() {
        Ok(id) => Ok(Who::Id(id)),
        Err(_) => Email::parse(text).map(Who::Address),
    }
}
