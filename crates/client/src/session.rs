//! Signing in, and staying signed in: access tokens live for 15 minutes, refresh tokens are used once.

mod kept;
mod signing;
mod tokens;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use crate::api::{ApiError, Http};
use crate::keystore::{Changes, Store, StoreError};
use kept::{Identity, NAME, Stored, stored};
pub use signing::SignInError;
use tokens::Tokens;
use wire::{Refresh, SignedIn};

/// An access token that ends sooner than this is not used any more.
const MARGIN: Duration = Duration::from_secs(60);

/// Somebody who is signed in at a server. What is needed to stay so is in the key store.
pub struct Session {
    http: Http,
    store: Arc<Store>,
    identity: Identity,
    /// Held while a token is refreshed, so that this happens once.
    tokens: Mutex<Tokens>,
}

impl Session {
    /// The session that a key store has, if it is one at this server.
    ///
    /// # Errors
    ///
    /// [`SignInError::OtherAccount`] when it is one at another server.
    pub fn resume(server: &Url, store: &Arc<Store>) -> Result<Option<Self>, SignInError> {
        let Some(Stored { identity, tokens }) = stored(store)? else {
            return Ok(None);
        };
        if identity.server != server.as_str() {
            return Err(SignInError::OtherAccount);
        }
        let session = Self {
            http: Http::new(server.clone())?,
            store: Arc::clone(store),
            identity,
            tokens: Mutex::new(tokens),
        };
        Ok(Some(session))
    }

    /// Who is signed in.
    pub fn user(&self) -> Uuid {
        self.identity.user
    }

    /// The organization that messages are exchanged in.
    pub fn organization(&self) -> Uuid {
        self.identity.organization
    }

    /// The address that was signed in with.
    pub fn email(&self) -> &str {
        &self.identity.email
    }

    /// What others see.
    pub fn display_name(&self) -> &str {
        &self.identity.display_name
    }

    pub(crate) fn server(&self) -> &Url {
        self.http.server()
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// An access token that is good for a minute at least, and how long it is.
    pub(crate) async fn token(&self) -> Result<(SecretString, Duration), ApiError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.life() < MARGIN {
            self.refresh(&mut tokens).await?;
        }
        Ok((tokens.access(), tokens.life()))
    }

    /// A token other than this one, which the server did not take.
    pub(crate) async fn token_instead_of(&self, refused: &SecretString) -> Result<SecretString, ApiError> {
        let mut tokens = self.tokens.lock().await;
        // Somebody else may have refreshed it in the meantime.
        if tokens.access().expose_secret() == refused.expose_secret() {
            self.refresh(&mut tokens).await?;
        }
        Ok(tokens.access())
    }

    /// Sends a request as who is signed in; once more with a new token when the server does not take the one at hand.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, ApiError> {
        let (token, _) = self.token().await?;
        let first = self
            .http
            .call(method.clone(), path, Some(token.expose_secret()), body)
            .await;
        match first {
            Err(ApiError::Refused(refusal)) if refusal.status == 401 => {
                let token = self.token_instead_of(&token).await?;
                self.http.call(method, path, Some(token.expose_secret()), body).await
            }
            outcome => outcome,
        }
    }

    /// Ends the session at the server and forgets its tokens. The keys stay.
    ///
    /// # Errors
    ///
    /// As [`ApiError`] says.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        self.call::<serde_json::Value>(Method::POST, "/api/auth/logout", None::<&()>)
            .await?;
        let mut tokens = self.tokens.lock().await;
        *tokens = Tokens::none();
        self.keep(&tokens).await
    }

    async fn refresh(&self, tokens: &mut Tokens) -> Result<(), ApiError> {
        if tokens.refresh().expose_secret().is_empty() {
            return Err(ApiError::SignedOut);
        }
        let refresh_token = tokens.refresh();
        let body = Refresh {
            refresh_token: refresh_token.expose_secret(),
        };
        let answer = self
            .http
            .call(Method::POST, "/api/auth/refresh", None, Some(&body))
            .await;
        let signed_in: SignedIn = answer.map_err(|error| match error {
            ApiError::Refused(refusal) if refusal.status == 401 => ApiError::SignedOut,
            error => error,
        })?;
        if signed_in.organization.id != self.identity.organization {
            return Err(ApiError::NotAMember);
        }
        let next = Tokens::new(&signed_in.access_token, &signed_in.refresh_token, signed_in.expires_in);
        self.keep(&next).await?;
        *tokens = next;
        Ok(())
    }

    async fn keep(&self, tokens: &Tokens) -> Result<(), ApiError> {
        let stored = Stored {
            identity: self.identity.clone(),
            tokens: tokens.clone(),
        };
        let bytes = serde_json::to_vec(&stored).map_err(|_| StoreError::Damaged(NAME.to_owned()))?;
        let mut changes = Changes::new();
        changes.put(NAME, bytes);
        crate::messenger::commit(&self.store, changes).await?;
        Ok(())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.identity.user)
    }
}
