//! `tenon users`: the operator's view of accounts, on the database itself.

use std::io;

use serde_json::json;
use tenon_accounts::{
    Accounts, DisplayName, Email, OrganizationName, Password, RegisterAccountError, Registering, ResetPasswordError,
    User,
};
use tenon_http::lines;
use tenon_kernel::{ChangeError, Device, Expected, Invalid, Limit, Unavailable};
use tokio::runtime;

use crate::command_line::{Format, UsersCommand, Who};
use crate::configuration::Settings;
use crate::operator;
use crate::pages;
use crate::prompt::{self, PromptError};
use crate::secrets::{Secrets, SecretsError};
use crate::wiring::{self, WiringError};

/// Why a command about accounts failed.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error("no such account")]
    NoSuchAccount,
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("the password is refused: {0}")]
    Refused(#[from] Invalid),
    #[error(transparent)]
    Register(#[from] RegisterAccountError),
    #[error(transparent)]
    Reset(#[from] ResetPasswordError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what was asked for, and says what came of it.
///
/// # Errors
///
/// As [`UsersError`] says.
pub fn run(settings: &Settings, command: UsersCommand) -> Result<(), UsersError> {
    let secrets = Secrets::complete(settings.auth.secrets.clone(), &settings.data.folder)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let accounts = wiring::administration(settings, &secrets).await?;
        match command {
            UsersCommand::List(format) => list(&accounts, format).await,
            UsersCommand::Show { account, format } => say(&find(&accounts, &account).await?, format),
            UsersCommand::Create {
                email,
                name,
                organization,
                format,
            } => create(&accounts, email, name, organization, format).await,
            UsersCommand::Disable { account, format } => set_disabled(&accounts, &account, true, format).await,
            UsersCommand::Enable { account, format } => set_disabled(&accounts, &account, false, format).await,
            UsersCommand::ResetPassword { account, format } => reset_password(&accounts, &account, format).await,
        }
    })
}

async fn list(accounts: &Accounts, format: Format) -> Result<(), UsersError> {
    let list = async |page: &_| accounts.users(None, page).await;
    let print = |user: &User| format.say(|| lines::account(user), || line(user));
    Ok(pages::each(list, print).await?)
}

async fn find(accounts: &Accounts, who: &Who) -> Result<User, UsersError> {
    let found = match who {
        Who::Id(id) => accounts.user(*id).await?,
        Who::Address(email) => accounts
            .users(Some(email), &pages::first(Limit::default()))
            .await?
            .items
            .pop(),
    };
    found.ok_or(UsersError::NoSuchAccount)
}

async fn create(
    accounts: &Accounts,
    email: Email,
    display_name: DisplayName,
    organization: Option<OrganizationName>,
    format: Format,
) -> Result<(), UsersError> {
    let password = prompt::secret("TENON_PASSWORD", "Their password:", "TENON_PASSWORD")?;
    let registering = Registering {
        password: Password::parse(password, &email)?,
        email,
        display_name,
        organization,
        device: here(),
    };
    say(&accounts.open_account(registering).await?, format)
}

async fn set_disabled(accounts: &Accounts, who: &Who, disabled: bool, format: Format) -> Result<(), UsersError> {
    let user = find(accounts, who).await?;
    let changed = accounts.set_disabled(user.id, disabled, Expected::Any, &here()).await?;
    say(&changed, format)
}

async fn reset_password(accounts: &Accounts, who: &Who, format: Format) -> Result<(), UsersError> {
    let user = find(accounts, who).await?;
    let password = prompt::secret("TENON_PASSWORD", "The new password:", "TENON_PASSWORD")?;
    accounts.reset_password(user.id, password, &here()).await?;
    format.say(
        || Ok(json!({ "id": user.id.to_string(), "reset": true })),
        || "the password is changed, and every session has ended",
    )
}

fn here() -> Device {
    operator::device("users")
}

fn say(user: &User, format: Format) -> Result<(), UsersError> {
    Ok(format.say(|| lines::account(user), || line(user))?)
}

fn line(user: &User) -> String {
    let (id, email, name) = (user.id, user.email.as_str(), user.display_name.as_str());
    let since = user.created_at;
    match user.disabled_at {
        Some(at) => format!("{id}  {email}  {name}  since {since}  disabled {at}"),
        None => format!("{id}  {email}  {name}  since {since}"),
    }
}
