//! Signing in, and staying signed in: access tokens live for 15 minutes, refresh tokens are used once.

mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use crate::api::{Account, ApiError, Http, Organization};
use crate::keystore::{Changes, Store, StoreError};
use tokens::Tokens;

/// Where it is kept.
const NAME: &str = "session";

/// Where it is kept whose messages are in the store.
const OWNER: &str = "owner";

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

/// Who is signed in where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    server: String,
    user: Uuid,
    organization: Uuid,
    email: String,
    display_name: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    identity: Identity,
    tokens: Tokens,
}

/// Whose messages are in a store: a mailbox is one person's in one organization.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    server: String,
    user: Uuid,
    organization: Uuid,
}

#[derive(Serialize)]
struct Login<'a> {
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Register<'a> {
    email: &'a str,
    password: &'a str,
    display_name: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    access_token: String,
    expires_in: u64,
    refresh_token: String,
    user: Account,
    organization: Organization,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Switched {
    access_token: String,
    expires_in: u64,
    organization: Organization,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Switch {
    organization_id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refresh<'a> {
    refresh_token: &'a str,
}

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

fn stored(store: &Store) -> Result<Option<Stored>, StoreError> {
    let damaged = |_| StoreError::Damaged(NAME.to_owned());
    let bytes = store.get(NAME);
    bytes
        .map(|bytes| serde_json::from_slice(&bytes).map_err(damaged))
        .transpose()
}

fn owner(store: &Store) -> Result<Option<Owner>, StoreError> {
    let damaged = |_| StoreError::Damaged(OWNER.to_owned());
    let bytes = store.get(OWNER);
    bytes
        .map(|bytes| serde_json::from_slice(&bytes).map_err(damaged))
        .transpose()
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.identity.user)
    }
}
