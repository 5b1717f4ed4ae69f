//! A client of a server that plays both the sign-in and Graph.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tenon_graph::{App, AppSecret, Remote, RemoteError, RemoteId, Wanted};
use tenon_kernel::{Clock, Timestamp};
use tenon_microsoft::GraphClient;

use crate::clock::TestClock;
use crate::server::{Reply, Request, Server};

/// Never to be seen outside of what is sent.
pub const SECRET: &str = "canary-client-secret";
pub const CLIENT_STATE: &str = "canary-client-state";

pub struct Scene {
    pub server: Server,
    pub clock: Arc<TestClock>,
    pub graph: GraphClient,
}

impl Scene {
    /// Signs everybody in for an hour, and answers calls by `answer`, which is told how many requests there were before.
    pub async fn set(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::signing_in(|_, before| token(before), answer).await
    }

    pub async fn signing_in(
        sign_in: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
        answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let server = Server::start(move |request, before| {
            if request.path.ends_with("/oauth2/v2.0/token") {
                sign_in(request, before)
            } else {
                answer(request, before)
            }
        })
        .await;
        let clock = TestClock::new();
        let graph = GraphClient::new(server.addresses(), clock.clone()).unwrap();
        Self { server, clock, graph }
    }

    pub fn until(&self) -> Timestamp {
        self.clock.now().plus(Duration::from_secs(3600))
    }

    pub async fn reauthorize(&self) -> Result<(), RemoteError> {
        self.graph.reauthorize(&app(), &id()).await
    }

    pub fn wanted(&self) -> Wanted {
        Wanted {
            change_types: "created,updated".to_owned(),
            notification_url: "https://tenon.example/webhooks/graph".to_owned(),
            resource: "/users/1/messages".to_owned(),
            expires_at: self.until(),
            client_state: SecretString::from(CLIENT_STATE),
            certificate: None,
        }
    }

    pub fn sign_ins(&self) -> Vec<Request> {
        let mut all = self.server.requests();
        all.retain(|request| request.path.ends_with("/token"));
        all
    }
}

pub fn token(number: usize) -> Reply {
    let body = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": format!("token-{number}")});
    Reply::json(200, &body)
}

pub fn app() -> App {
    App {
        tenant: "contoso.onmicrosoft.com".to_owned(),
        client: "8e460676-ae3f-4b1e-8790-ee0fb5d6148f".to_owned(),
        secret: AppSecret::Secret(SecretString::from(SECRET)),
    }
}

pub fn id() -> RemoteId {
    RemoteId("7f105c7d".to_owned())
}

pub fn subscription() -> Value {
    json!({"id": "7f105c7d", "expirationDateTime": "2026-01-01T12:45:00.0000000Z", "unknown": {"field": 1}})
}

pub fn nothing() -> Reply {
    Reply::Now(204, Vec::new(), Vec::new())
}

/// All that an error says, causes included.
pub fn said(error: &RemoteError) -> String {
    format!("{error} {error:?}")
}
