use std::sync::Arc;

use tenon_client::Session;
use tenon_client::keystore::Store;

use super::ChatError;
use crate::command_line::ChatArguments;
use crate::prompt;

/// The session of the folder, or a new one.
pub async fn session(arguments: &ChatArguments, store: &Arc<Store>) -> Result<Session, ChatError> {
    match Session::resume(&arguments.server, store)? {
        Some(session) => in_organization(session, arguments).await,
        None => sign_in(arguments, store).await,
    }
}

/// A new session.
pub async fn sign_in(arguments: &ChatArguments, store: &Arc<Store>) -> Result<Session, ChatError> {
    in_organization(begin(arguments, store).await?, arguments).await
}

/// Goes where the person wants to talk.
async fn in_organization(mut session: Session, arguments: &ChatArguments) -> Result<Session, ChatError> {
    if let Some(token) = &arguments.invitation {
        match session.accept_invitation(token).await {
            Ok(organization) => session.switch(organization.id).await?,
            // Accepted before; whoever says so again is there already.
            Err(error) if matches!(error.code(), Some("already_member" | "invitation_not_found")) => {}
            Err(error) => return Err(error.into()),
        }
    } else if let Some(wanted) = &arguments.organization {
        let all = session.organizations().await?;
        let found = all
            .iter()
            .find(|organization| organization.name == *wanted || organization.id.to_string() == *wanted);
        let organization = found.ok_or_else(|| ChatError::NoOrganization(wanted.clone()))?;
        session.switch(organization.id).await?;
    }
    Ok(session)
}

/// Signs in, or registers who has no account.
async fn begin(arguments: &ChatArguments, store: &Arc<Store>) -> Result<Session, ChatError> {
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
