//! `tenon orgs` and `tenon members`: the operator's view of organizations and who belongs to them, on the database itself.

mod members;

use std::io;

use serde_json::json;
use tenon_accounts::{AdministrationError, Organization, OrganizationError, OrganizationName, Tenancy};
use tenon_http::lines;
use tenon_kernel::{Device, OrganizationId, Unavailable, UserId};
use tokio::runtime;

use crate::command_line::{Format, MembersCommand, OrgsCommand, Who};
use crate::configuration::Settings;
use crate::operator;
use crate::pages;
use crate::prompt::{self, PromptError};
use crate::wiring::{self, WiringError};

/// Why a command about organizations or members failed.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationsError {
    /// The database cannot be opened.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error(transparent)]
    Administration(#[from] AdministrationError),
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The system gives no threads.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what was asked for, and says what came of it.
///
/// # Errors
///
/// As [`OrganizationsError`] says.
pub fn organizations(settings: &Settings, command: OrgsCommand) -> Result<(), OrganizationsError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let tenancy = wiring::organizations(settings).await?;
        match command {
            OrgsCommand::List(format) => list(&tenancy, format).await,
            OrgsCommand::Show { organization, format } => say(&tenancy.any_organization(organization).await?, format),
            OrgsCommand::Create { name, owner, format } => create(&tenancy, name, &owner, format).await,
            OrgsCommand::Rename {
                organization,
                name,
                format,
            } => say(&tenancy.rename_any(organization, &name, &here()).await?, format),
            OrgsCommand::Delete {
                organization,
                yes,
                format,
            } => delete(&tenancy, organization, yes, format).await,
        }
    })
}

/// The same for members.
///
/// # Errors
///
/// As [`OrganizationsError`] says.
pub fn members(settings: &Settings, command: MembersCommand) -> Result<(), OrganizationsError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let tenancy = wiring::organizations(settings).await?;
        members::run(&tenancy, command).await
    })
}

async fn list(tenancy: &Tenancy, format: Format) -> Result<(), OrganizationsError> {
    let list = async |page: &_| tenancy.all_organizations(page).await;
    let print = |organization: &Organization| format.say(|| lines::organization(organization), || line(organization));
    Ok(pages::each(list, print).await?)
}

async fn create(
    tenancy: &Tenancy,
    name: OrganizationName,
    owner: &Who,
    format: Format,
) -> Result<(), OrganizationsError> {
    let owner = account(tenancy, owner).await?;
    say(&tenancy.found(owner, name, &here()).await?, format)
}

async fn delete(
    tenancy: &Tenancy,
    organization: OrganizationId,
    is_sure: bool,
    format: Format,
) -> Result<(), OrganizationsError> {
    let found = tenancy.any_organization(organization).await?;
    let question = format!("Delete \"{}\" and everything that it owns?", found.name.as_str());
    prompt::confirm(&question, is_sure)?;
    tenancy.delete_any(organization, &here()).await?;
    format.say(
        || Ok(json!({ "id": organization.to_string(), "deleted": true })),
        || "the organization is gone; its audit log stays",
    )
}

/// Whose account it is.
async fn account(tenancy: &Tenancy, who: &Who) -> Result<UserId, AdministrationError> {
    match who {
        Who::Id(user) => Ok(*user),
        Who::Address(email) => Ok(tenancy.account_at(email).await?.id),
    }
}

fn here() -> Device {
    operator::device("orgs")
}

fn say(organization: &Organization, format: Format) -> Result<(), OrganizationsError> {
    Ok(format.say(|| lines::organization(organization), || line(organization))?)
}

fn line(organization: &Organization) -> String {
    let (id, name, since) = (organization.id, organization.name.as_str(), organization.created_at);
    format!("{id}  {name}  since {since}")
}
