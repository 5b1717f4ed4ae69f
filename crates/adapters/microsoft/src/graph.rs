//! Graph's subscriptions over HTTP.

mod refusal;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, StatusCode, Url};
use secrecy::ExposeSecret;
use serde_json::Value;
use tenon_graph::{App, Granted, PublicCertificate, Remote, RemoteError, RemoteId, Wanted};
use tenon_kernel::{Clock, Timestamp, Unavailable};

use crate::Addresses;
use crate::sign_in::{AccessToken, SignIn};
use crate::web::{self, Answer, Peer, StartError};
pub(crate) use refusal::refusal;

const PEER: Peer = Peer("Microsoft Graph");

/// How long creation may take: Graph calls back, and waits ten seconds for each of the two addresses before it answers.
const CREATION: Duration = Duration::from_secs(25);

/// Talks to Graph.
///
/// A call and the sign-in before it each take at most five seconds, and creation 25, as Graph calls back first. An answer of 429, or of
/// 503 with `Retry-After`, is waited for in place when it asks for two seconds or less, twice at most. A 401 is believed at the second
/// token.
pub struct GraphClient {
    client: Client,
    addresses: Addresses,
    sign_in: SignIn,
    clock: Arc<dyn Clock>,
}

/// One call, as often as it must be made.
struct Call<'a> {
    method: Method,
    url: Url,
    body: Option<Value>,
    limit: Duration,
    /// It is about a subscription that Graph knows, or not.
    concerns_one: bool,
    /// What no error may repeat.
    secret: &'a str,
}

impl GraphClient {
    /// A client for these addresses.
    ///
    /// # Errors
    ///
    /// [`StartError`] when TLS cannot be had.
    pub fn new(addresses: Addresses, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let client = web::client()?;
        Ok(Self {
            sign_in: SignIn::new(client.clone(), addresses.clone(), Arc::clone(&clock)),
            client,
            addresses,
            clock,
        })
    }

    async fn call(&self, app: &App, call: &Call<'_>) -> Result<Answer, RemoteError> {
        let token = self.sign_in.token(app).await?;
        let mut answer = self.attempt(call, &token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            self.sign_in.forget(app, &token).await;
            let token = self.sign_in.token(app).await?;
            answer = self.attempt(call, &token).await?;
        }
        if answer.status().is_success() {
            return Ok(answer);
        }
        if answer.status() == StatusCode::NOT_FOUND && call.concerns_one {
            return Err(RemoteError::NotFound);
        }
        let (code, message) = wire::reason(&answer);
        let secrets = [call.secret, token.secret.expose_secret()];
        Err(refusal(&answer, &code, &message, &secrets))
    }

    async fn attempt(&self, call: &Call<'_>, token: &AccessToken) -> Result<Answer, Unavailable> {
        let bearer = format!("Bearer {}", token.secret.expose_secret());
        let mut bearer = HeaderValue::try_from(bearer)
            .map_err(|_| Unavailable::new(PEER.0, "the access token is no header value"))?;
        bearer.set_sensitive(true);
        let mut request = self
            .client
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, bearer)
            .timeout(call.limit);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        web::send(request, PEER, &*self.clock).await
    }

    fn on<'a>(&self, method: Method, path: &[&str], body: Option<Value>) -> Result<Call<'a>, RemoteError> {
        let url = self.addresses.subscriptions(path).ok_or(RemoteError::NotFound)?;
        Ok(Call {
            method,
            url,
            body,
            limit: web::LIMIT,
            concerns_one: !path.is_empty(),
            secret: "",
        })
    }
}

#[async_trait]
impl Remote for GraphClient {
    async fn create(&self, app: &App, wanted: &Wanted) -> Result<Granted, RemoteError> {
        let call = Call {
            limit: CREATION,
            secret: wanted.client_state.expose_secret(),
            ..self.on(Method::POST, &[], Some(wire::creation(wanted)))?
        };
        wire::granted(&self.call(app, &call).await?)
    }

    async fn renew(
        &self,
        app: &App,
        id: &RemoteId,
        until: Timestamp,
        certificate: Option<&PublicCertificate>,
    ) -> Result<Granted, RemoteError> {
        let body = wire::renewal(until, certificate);
        let call = self.on(Method::PATCH, &[&id.0], Some(body))?;
        wire::granted(&self.call(app, &call).await?)
    }

    async fn reauthorize(&self, app: &App, id: &RemoteId) -> Result<(), RemoteError> {
        let call = self.on(Method::POST, &[&id.0, "reauthorize"], None)?;
        self.call(app, &call).await.map(drop)
    }

    async fn delete(&self, app: &App, id: &RemoteId) -> Result<(), RemoteError> {
        let call = self.on(Method::DELETE, &[&id.0], None)?;
        match self.call(app, &call).await {
            Ok(_) | Err(RemoteError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
