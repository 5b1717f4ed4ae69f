//! `tenon users`: the operator's view of accounts, on the database itself.

use std::io;

use serde_json::{Value, json};
use tenon_accounts::{
    Accounts, DisplayName, Email, OrganizationName, Password, RegisterAccountError, Registering, ResetPasswordError,
    SessionError, SignedIn, User,
};
use tenon_kernel::{ChangeError, Device, Expected, Invalid, Limit, Unavailable};
use tokio::runtime;

use crate::command_line::{UsersCommand, Who};
use crate::configuration::Settings;
use crate::pages;
use crate::prompt::{self, PromptError};
use crate::secrets::{Secrets, SecretsError};
use crate::terminal;
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
    Session(#[from] SessionError),
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
            UsersCommand::List(format) => list(&accounts, format.json).await,
            UsersCommand::Show { account, format } => {
                say(&find(&accounts, &account).await?, format.json);
                Ok(())
            }
            UsersCommand::Create {
                email,
                name,
                organization,
                format,
            } => create(&accounts, email, name, organization, format.json).await,
            UsersCommand::Disable { account, format } => set_disabled(&accounts, &account, true, format.json).await,
            UsersCommand::Enable { account, format } => set_disabled(&accounts, &account, false, format.json).await,
            UsersCommand::ResetPassword { account } => reset_password(&accounts, &account).await,
        }
    })
}

async fn list(accounts: &Accounts, json: bool) -> Result<(), UsersError> {
    let list = async |page: &_| accounts.users(None, page).await;
    Ok(pages::each(list, |user| say(user, json)).await?)
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
    json: bool,
) -> Result<(), UsersError> {
    let password = prompt::secret("TENON_PASSWORD", "Their password:", "TENON_PASSWORD")?;
    let registering = Registering {
        password: Password::parse(password, &email)?,
        email,
        display_name,
        organization,
        device: here(),
    };
    let SignedIn { access, session, .. } = accounts.register(registering).await?;
    // Nobody holds the tokens of the session that registering opens.
    accounts.end_session(access.user.id, session.id, &here()).await?;
    say(&access.user, json);
    Ok(())
}

async fn set_disabled(accounts: &Accounts, who: &Who, disabled: bool, json: bool) -> Result<(), UsersError> {
    let user = find(accounts, who).await?;
    let changed = accounts.set_disabled(user.id, disabled, Expected::Any, &here()).await?;
    say(&changed, json);
    Ok(())
}

async fn reset_password(accounts: &Accounts, who: &Who) -> Result<(), UsersError> {
    let user = find(accounts, who).await?;
    let password = prompt::secret("TENON_PASSWORD", "The new password:", "TENON_PASSWORD")?;
    accounts.reset_password(user.id, password, &here()).await?;
    terminal::say("the password is changed, and every session has ended");
    Ok(())
}

/// Where what is done comes from.
fn here() -> Device {
    Device::new(Some("tenon users"), None)
}

fn say(user: &User, json: bool) {
    if json {
        terminal::say(object(user));
    } else {
        terminal::say(line(user));
    }
}

fn object(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "email": user.email.as_str(),
        "displayName": user.display_name.as_str(),
        "createdAt": user.created_at.to_string(),
        "disabledAt": user.disabled_at.map(|at| at.to_string()),
    })
}

fn line(user: &User) -> String {
    let (id, email, name) = (user.id, user.email.as_str(), user.display_name.as_str());
    let since = user.created_at;
    match user.disabled_at {
        Some(at) => format!("{id}  {email}  {name}  since {since}  disabled {at}"),
        None => format!("{id}  {email}  {name}  since {since}"),
    }
}
