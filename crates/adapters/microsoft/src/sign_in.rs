//! Access tokens for apps: the client-credentials grant, by a secret or a signed assertion.

mod assertion;
mod kept;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tenon_graph::{App, AppSecret, RemoteError};
use tenon_kernel::{Clock, Timestamp};

use crate::Addresses;
use crate::graph::refusal;
use crate::web::{self, Peer};
use kept::Kept;

const PEER: Peer = Peer("Microsoft's sign-in");

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// A token and when it was asked for again.
#[derive(Clone)]
pub(crate) struct AccessToken {
    pub secret: Arc<SecretString>,
    /// From then on another one is needed.
    fresh_until: Timestamp,
}

/// Signs apps in and keeps their tokens.
pub(crate) struct SignIn {
    client: Client,
    addresses: Addresses,
    clock: Arc<dyn Clock>,
    kept: Kept,
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

impl SignIn {
    pub fn new(client: Client, addresses: Addresses, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            addresses,
            clock,
            kept: Kept::default(),
        }
    }

    /// A token that is good for five minutes at least, or for half its life where that is less. Whoever asks while another asks for the
    /// same app gets what the other got.
    pub async fn token(&self, app: &App) -> Result<AccessToken, RemoteError> {
        let seat = self.kept.seat(app, self.clock.now());
        let mut held = seat.lock().await;
        if let Some(token) = held.as_ref().filter(|token| self.clock.now() < token.fresh_until) {
            return Ok(token.clone());
        }
        let token = self.ask(app).await?;
        *held = Some(token.clone());
        Ok(token)
    }

    /// Forgets `token`, which Graph refused, unless another one is kept by now.
    pub async fn forget(&self, app: &App, token: &AccessToken) {
        let seat = self.kept.seat(app, self.clock.now());
        let mut held = seat.lock().await;
        held.take_if(|held| Arc::ptr_eq(&held.secret, &token.secret));
    }

    async fn ask(&self, app: &App) -> Result<AccessToken, RemoteError> {
        let url = self.addresses.token(&app.tenant).ok_or_else(|| RemoteError::Refused {
            status: 400,
            code: "invalid_tenant".to_owned(),
            message: "the tenant is no name".to_owned(),
        })?;
        let asked = self.clock.now();
        let proof = Proof::of(app, url.as_str(), asked)?;
        let scope = self.addresses.scope();
        let mut form = vec![
            ("client_id", app.client.as_str()),
            ("scope", &scope),
            ("grant_type", "client_credentials"),
        ];
        proof.add_to(&mut form);
        let answer = web::send(self.client.post(url).form(&form), PEER, &*self.clock).await?;
        if answer.status().is_success() {
            let issued: Issued = answer.json()?;
            let life = Duration::from_secs(issued.expires_in);
            let life = life.saturating_sub(MARGIN).max(life / 2);
            return Ok(AccessToken {
                secret: Arc::new(SecretString::from(issued.access_token)),
                fresh_until: asked.plus(life),
            });
        }
        let failure = answer.json_if::<Failure>();
        let (code, message) = failure.map_or_else(Default::default, |it| (it.error, it.error_description));
        Err(refusal(&answer, &code, &message, &[proof.secret()]))
    }
}

/// What is sent to prove who asks.
enum Proof<'a> {
    Secret(&'a SecretString),
    Assertion(SecretString),
}

impl<'a> Proof<'a> {
    fn of(app: &'a App, audience: &str, now: Timestamp) -> Result<Self, RemoteError> {
        match &app.secret {
            AppSecret::Secret(secret) => Ok(Self::Secret(secret)),
            AppSecret::Certificate {
                certificate,
                private_key,
            } => assertion::sign(&app.client, audience, certificate, private_key, now).map(Self::Assertion),
        }
    }

    fn secret(&self) -> &str {
        match self {
            Self::Secret(secret) => secret.expose_secret(),
            Self::Assertion(assertion) => assertion.expose_secret(),
        }
    }

    fn add_to<'f>(&'f self, form: &mut Vec<(&'static str, &'f str)>) {
        match self {
            Self::Secret(_) => form.push(("client_secret", self.secret())),
            Self::Assertion(_) => {
                form.push(("client_assertion_type", assertion::TYPE));
                form.push(("client_assertion", self.secret()));
            }
        }
    }
}
