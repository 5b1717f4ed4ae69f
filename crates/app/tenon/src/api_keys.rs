//! `tenon api-keys`: makes, lists and revokes the API keys of an organization, on the database itself.

use std::io;
use std::sync::Arc;

use serde_json::json;
use tenon_accounts::{ApiAccess, ApiKey, ApiKeyDraft, ApiKeyError, Members};
use tenon_http::lines;
use tenon_kernel::{ApiKeyId, Created, KeyScope, Limit, Once, OrganizationId, Role, Unavailable, UserId};
use tokio::runtime;

use crate::command_line::{ApiKeysCommand, Format, NewKey};
use crate::configuration::Settings;
use crate::operator;
use crate::pages;
use crate::terminal;
use crate::wiring::{self, WiringError};

/// Why a command about API keys failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeysError {
    /// The database cannot be opened.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// An id that is mistyped is no organization without keys.
    #[error("no such organization")]
    NoOrganization,
    /// Nobody could have made the key.
    #[error("no such organization, or it has no owner")]
    NoOwner,
    /// The one who is to have made the key is not there.
    #[error("the organization has no such member")]
    NoMember,
    #[error(transparent)]
    Key(#[from] ApiKeyError),
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
/// As [`ApiKeysError`] says.
pub fn run(settings: &Settings, command: ApiKeysCommand) -> Result<(), ApiKeysError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (access, members, organizations) = wiring::api_keys(settings).await?;
        match command {
            ApiKeysCommand::Create(new) => create(&access, &members, new).await,
            ApiKeysCommand::List { organization, format } => {
                let found = organizations.find(organization).await?;
                found.ok_or(ApiKeysError::NoOrganization)?;
                Ok(list(&access, organization, format).await?)
            }
            ApiKeysCommand::Revoke {
                organization,
                key,
                format,
            } => revoke(&access, organization, key, format).await,
        }
    })
}

async fn create(access: &ApiAccess, members: &Arc<dyn Members>, new: NewKey) -> Result<(), ApiKeysError> {
    let creator = match new.creator {
        Some(user) => {
            let found = members.find(new.organization, user).await?;
            found.ok_or(ApiKeysError::NoMember)?.user
        }
        None => owner(members, new.organization).await?,
    };
    let draft = ApiKeyDraft {
        name: new.name,
        scopes: new.scopes.into_iter().collect(),
        expires_at: new.expires_at,
    };
    let unused = |_: &_| Ok(Vec::new());
    let once = Once::new(None, &unused);
    let author = operator::author("api-keys");
    let created = access.issue(new.organization, creator, draft, once, author).await?;
    if let Created::Now(issued) = created {
        if new.format.json {
            terminal::say(lines::issued_key(&issued)?);
        } else {
            terminal::say(line(&issued.key));
            terminal::say(issued.token.expose());
            terminal::tell("Keep the key: it is shown this once.");
        }
    }
    Ok(())
}

/// The owner of the organization who registered first.
async fn owner(members: &Arc<dyn Members>, organization: OrganizationId) -> Result<UserId, ApiKeysError> {
    let mut page = pages::first(Limit::default());
    loop {
        let listed = members.list(organization, &page).await?;
        if let Some(owner) = listed.items.iter().find(|member| member.role == Role::Owner) {
            return Ok(owner.user);
        }
        page.after = Some(listed.next.ok_or(ApiKeysError::NoOwner)?);
    }
}

async fn list(access: &ApiAccess, organization: OrganizationId, format: Format) -> Result<(), Unavailable> {
    let list = async |page: &_| access.issued(organization, page).await;
    let print = |key: &ApiKey| format.say(|| lines::api_key(key), || line(key));
    pages::each(list, print).await
}

async fn revoke(
    access: &ApiAccess,
    organization: OrganizationId,
    key: ApiKeyId,
    format: Format,
) -> Result<(), ApiKeysError> {
    access.withdraw(organization, key, operator::author("api-keys")).await?;
    format.say(
        || Ok(json!({ "id": key.to_string(), "revoked": true })),
        || "the key is revoked; servers refuse it within five seconds",
    )
}

fn line(key: &ApiKey) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(KeyScope::as_str).collect();
    let (id, prefix, scopes, name) = (key.id, key.prefix.as_str(), scopes.join(","), key.name.as_str());
    let used = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let expires = key.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    format!("{id}  {prefix}  {scopes}  used {used}  expires {expires}  {name}")
}
