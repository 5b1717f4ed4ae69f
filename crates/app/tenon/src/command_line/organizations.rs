use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use tenon_accounts::OrganizationName;
use tenon_kernel::{OrganizationId, Role};

use super::Format;
use super::accounts::{Who, who};

#[derive(Debug, Clone, Subcommand)]
pub enum OrgsCommand {
    /// List all organizations, in order of creation.
    List(Format),
    /// Show one.
    Show {
        #[arg(value_name = "ID")]
        organization: OrganizationId,
        #[command(flatten)]
        format: Format,
    },
    /// Make one for somebody who has an account, and who owns it.
    Create {
        /// What to call it.
        #[arg(long, value_parser = OrganizationName::parse)]
        name: OrganizationName,
        /// Whose it is: their address or id.
        #[arg(long, value_name = "ACCOUNT", value_parser = who)]
        owner: Who,
        #[command(flatten)]
        format: Format,
    },
    /// Give one another name.
    Rename {
        #[arg(value_name = "ID")]
        organization: OrganizationId,
        /// What to call it from now on.
        #[arg(value_parser = OrganizationName::parse)]
        name: OrganizationName,
        #[command(flatten)]
        format: Format,
    },
    /// Delete one and everything that it owns. Its audit log stays.
    Delete {
        #[arg(value_name = "ID")]
        organization: OrganizationId,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        format: Format,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum MembersCommand {
    /// List the members of an organization, in order of their registration.
    List {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[command(flatten)]
        format: Format,
    },
    /// Make somebody who has an account a member.
    Add {
        #[command(flatten)]
        member: Chosen,
        /// What they may do.
        #[arg(long, default_value = "member", value_parser = role())]
        role: Role,
    },
    /// Give a member another role.
    Role {
        #[command(flatten)]
        member: Chosen,
        /// What they may do from now on.
        #[arg(value_parser = role())]
        role: Role,
    },
    /// End a membership. The account stays, and so do the assets.
    Remove(Chosen),
}

/// One member, or one to be.
#[derive(Debug, Clone, Args)]
pub struct Chosen {
    #[arg(long, value_name = "ID")]
    pub organization: OrganizationId,
    /// Their address or id.
    #[arg(value_name = "ACCOUNT", value_parser = who)]
    pub account: Who,
    #[command(flatten)]
    pub format: Format,
}

fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(["viewer", "member", "admin", "owner"]).try_map(|text| text.parse::<Role>())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::command_line::{Command, CommandLine};

    #[test]
    fn a_member_has_one_of_four_roles_and_is_named_by_address_or_id() {
        let id = "0198c0de-0000-7000-8000-000000000000";
        let words = |further: &[&'static str]| [&["tenon", "members"], further, &["--organization", id]].concat();
        for accepted in [
            &["add", "ada@example.org"][..],
            &["add", "0198c0de-0000-7000-8000-000000000001", "--role", "viewer"],
            &["role", "ada@example.org", "owner"],
            &["remove", "ada@example.org"],
        ] {
            assert!(CommandLine::try_parse_from(words(accepted)).is_ok(), "{accepted:?}");
        }
        for refused in [
            &["add", "ada"][..],
            &["add"],
            &["add", "ada@example.org", "--role", "boss"],
            &["role", "ada@example.org"],
        ] {
            assert!(CommandLine::try_parse_from(words(refused)).is_err(), "{refused:?}");
        }
        let line = CommandLine::parse_from(words(&["add", "ada@example.org"]));
        let Some(Command::Members(command)) = line.command else {
            panic!("another command")
        };
        assert!(matches!(*command, MembersCommand::Add { role: Role::Member, .. }));
    }
}
