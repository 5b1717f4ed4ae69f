use std::sync::Arc;

use tenon_client::Session;
use tenon_client::keystore::Store;

use super::{ChatError, prompt};
use crate::command_line::ChatArguments;

/// The session of the folder, or a new one.
pub async fn session(arguments: &ChatArguments, store: &Arc<Store>) -> Result<Session, ChatError> {
    if !arguments.register
        && let Some(session) = Session::resume(&arguments.server, store)?
    {
        return Ok(session);
    }
    sign_in(arguments, store).await
}

/// Signs in, or registers who has no account.
pub async fn sign_in(arguments: &ChatArguments, store: &Arc<Store>) -> Result<Session, ChatError> {
    let email = match &arguments.email {
        Some(email) => email.clone(),
        None => prompt::ask("Your address:", "--email")?,
    };
    let password = prompt::secret("TENON_PASSWORD", "Your password:", "TENON_PASSWORD")?;
    let server = &arguments.server;
    if !arguments.register {
        return Ok(Session::sign_in(server, store, &email, &password).await?);
    }
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => prompt::ask("Your name:", "--name")?,
    };
    Ok(Session::register(server, store, &email, &password, &name).await?)
}
