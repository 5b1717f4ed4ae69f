//! `tenon graph subscriptions` and `tenon graph apps`: what an organization is told of, on the database itself and, where Microsoft is
//! asked, by the same client as the server's.

mod subscriptions;

use std::io;

use tenon_graph::{AskError, GraphError};
use tenon_http::lines;
use tenon_kernel::{OrganizationId, Unavailable};
use tenon_vault::{Credential, CredentialKind};
use tokio::runtime;

use crate::command_line::{AppsCommand, Format, SubscriptionsCommand};
use crate::configuration::Settings;
use crate::pages;
use crate::prompt::PromptError;
use crate::secrets::{Secrets, SecretsError};
use crate::wiring::{self, GraphAdministration, WiringError};

/// Why a command about Microsoft Graph failed.
#[derive(Debug, thiserror::Error)]
pub enum GraphCommandError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The database cannot be opened.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error("no such organization")]
    NoOrganization,
    #[error("the organization has no such subscription")]
    NoSubscription,
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It is on its way.
    #[error("the subscription is to be deleted, which a server goes on trying: {0}")]
    Leaving(#[source] AskError),
    #[error(transparent)]
    Graph(GraphError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The system gives no threads.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<GraphError> for GraphCommandError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::NotFound => Self::NoSubscription,
            error => Self::Graph(error),
        }
    }
}

/// Does what was asked for with subscriptions, and says what came of it.
///
/// # Errors
///
/// As [`GraphCommandError`] says.
pub fn subscriptions(settings: &Settings, command: SubscriptionsCommand) -> Result<(), GraphCommandError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { subscriptions::run(&open(settings).await?, command).await })
}

/// The same with apps.
///
/// # Errors
///
/// As [`GraphCommandError`] says.
pub fn apps(settings: &Settings, command: AppsCommand) -> Result<(), GraphCommandError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let AppsCommand::List { organization, format } = command;
    runtime.block_on(async { list_apps(&open(settings).await?, organization, format).await })
}

async fn open(settings: &Settings) -> Result<GraphAdministration, GraphCommandError> {
    let secrets = Secrets::complete(settings.auth.secrets.clone(), &settings.data.folder)?;
    Ok(wiring::graph_administration(settings, &secrets).await?)
}

async fn list_apps(
    graph: &GraphAdministration,
    organization: OrganizationId,
    format: Format,
) -> Result<(), GraphCommandError> {
    assert_known(graph, organization).await?;
    let list = async |page: &_| graph.vault.list_of(organization, page).await;
    let print = |credential: &Credential| match credential.kind {
        CredentialKind::MicrosoftGraph => format.say(|| lines::credential(credential), || line(credential)),
        CredentialKind::Secret => Ok(()),
    };
    Ok(pages::each(list, print).await?)
}

/// An id that is mistyped is no organization without subscriptions.
async fn assert_known(graph: &GraphAdministration, organization: OrganizationId) -> Result<(), GraphCommandError> {
    let found = graph.organizations.find(organization).await?;
    found.map(drop).ok_or(GraphCommandError::NoOrganization)
}

fn line(credential: &Credential) -> String {
    let (id, name, since) = (credential.id, credential.name.as_str(), credential.created_at);
    format!("{id}  {name}  since {since}")
}
