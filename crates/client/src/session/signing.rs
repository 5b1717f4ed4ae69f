use std::sync::Arc;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use super::Session;
use super::kept::{Identity, OWNER, Owner, owner};
use super::tokens::Tokens;
use super::wire::{Login, Register, SignedIn, Switch, Switched};
use crate::api::{ApiError, Http};
use crate::keystore::{Changes, Store, StoreError};

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The server refused, or was not reached.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The key store is that of another account, organization or server.
    #[error("the key store belongs to another account, organization or server")]
    OtherAccount,
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Api(error.into())
    }
}

impl Session {
    /// Signs in, and keeps the session in the store. If there are messages in the store, this is for their organization; otherwise
    /// for the first that the person was in.
    ///
    /// # Errors
    ///
    /// As [`SignInError`] says; `invalid_credentials` is the code for a wrong address or password.
    pub async fn sign_in(
        server: &Url,
        store: &Arc<Store>,
        email: &str,
        password: &SecretString,
    ) -> Result<Self, SignInError> {
        let password = password.expose_secret();
        Self::open(server, store, "/api/auth/login", &Login { email, password }).await
    }

    /// Makes an account with an organization of its own, and signs in.
    ///
    /// # Errors
    ///
    /// As [`SignInError`] says.
    pub async fn register(
        server: &Url,
        store: &Arc<Store>,
        email: &str,
        password: &SecretString,
        display_name: &str,
    ) -> Result<Self, SignInError> {
        let register = Register {
            email,
            password: password.expose_secret(),
            display_name,
        };
        Self::open(server, store, "/api/auth/register", &register).await
    }

    async fn open(
        server: &Url,
        store: &Arc<Store>,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<Self, SignInError> {
        let http = Http::new(server.clone())?;
        let signed_in: SignedIn = http.call(Method::POST, path, None, Some(body)).await?;
        let tokens = Tokens::new(&signed_in.access_token, &signed_in.refresh_token, signed_in.expires_in);
        let identity = Identity {
            server: server.as_str().to_owned(),
            user: signed_in.user.id,
            organization: signed_in.organization.id,
            email: signed_in.user.email,
            display_name: signed_in.user.display_name,
        };
        let owner = owner(store)?;
        if owner
            .as_ref()
            .is_some_and(|owner| (&owner.server, owner.user) != (&identity.server, identity.user))
        {
            return Err(SignInError::OtherAccount);
        }
        let mut session = Self {
            http,
            store: Arc::clone(store),
            identity,
            tokens: Mutex::new(tokens),
        };
        session.keep(&*session.tokens.lock().await).await?;
        if let Some(Owner { organization, .. }) = owner {
            session.switch(organization).await?;
        }
        Ok(session)
    }

    /// Goes on in another organization.
    ///
    /// # Errors
    ///
    /// [`SignInError::OtherAccount`] when the messages in the store are of another one; as [`ApiError`] says.
    pub async fn switch(&mut self, organization: Uuid) -> Result<(), SignInError> {
        if organization == self.identity.organization {
            return Ok(());
        }
        if owner(&self.store)?.is_some_and(|owner| owner.organization != organization) {
            return Err(SignInError::OtherAccount);
        }
        let body = Switch {
            organization_id: organization,
        };
        let switched: Switched = self.call(Method::POST, "/api/auth/switch", Some(&body)).await?;
        self.identity.organization = switched.organization.id;
        let mut tokens = self.tokens.lock().await;
        *tokens = tokens.with_access(&switched.access_token, switched.expires_in);
        Ok(self.keep(&tokens).await?)
    }

    /// Says that messages of this person and organization come into the store; they are the only ones that ever may.
    pub(crate) async fn own_store(&self) -> Result<(), SignInError> {
        let Identity {
            server,
            user,
            organization,
            ..
        } = &self.identity;
        let me = Owner {
            server: server.clone(),
            user: *user,
            organization: *organization,
        };
        match owner(&self.store)? {
            Some(owner) if owner == me => Ok(()),
            Some(_) => Err(SignInError::OtherAccount),
            None => {
                let bytes = serde_json::to_vec(&me).map_err(|_| StoreError::Damaged(OWNER.to_owned()))?;
                let mut changes = Changes::new();
                changes.put(OWNER, bytes);
                Ok(crate::messenger::commit(&self.store, changes).await?)
            }
        }
    }
}
