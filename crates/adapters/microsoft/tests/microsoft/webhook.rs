//! An app that is subscribed at the simulator, and hears of it.

use std::sync::Arc;

use serde_json::Value;
use tenon_graph::{App, Envelope, NewCertificate, PublicCertificate, Remote, RemoteId, TokenError, Verified};
use tenon_graph::{Certificate, EncryptedContent, EnvelopeError, Tokens};
use tenon_kernel::Clock;
use tenon_microsoft::{Addresses, AwsLcEnvelope, GraphClient, PublishedKeys};
use tenon_simulator::{Config, Order, Simulator};

use crate::clock::TestClock;
use crate::scene::app;
use crate::server::{Reply, Request, Server};
use crate::vector::text;

pub struct Webhook {
    pub simulator: Simulator,
    pub clock: Arc<TestClock>,
    pub graph: GraphClient,
    pub keys: PublishedKeys,
    pub server: Server,
    pub url: String,
}

impl Webhook {
    pub async fn set(config: Config) -> Self {
        let simulator = Simulator::start(config).unwrap();
        let addresses = Addresses::new(&simulator.url(), &simulator.url(), true).unwrap();
        let clock = TestClock::of_today();
        let server =
            Server::start(|request, _| handshake(request).unwrap_or(Reply::Now(202, Vec::new(), Vec::new()))).await;
        Self {
            graph: GraphClient::new(addresses.clone(), clock.clone()).unwrap(),
            keys: PublishedKeys::new(addresses, clock.clone()).unwrap(),
            url: format!("{}/webhooks/graph", server.url),
            simulator,
            clock,
            server,
        }
    }

    pub async fn subscribe(&self, app: &App, certificate: Option<PublicCertificate>) -> RemoteId {
        let wanted = tenon_graph::Wanted {
            change_types: "created,updated".to_owned(),
            notification_url: self.url.clone(),
            resource: "users/1/messages".to_owned(),
            expires_at: self.clock.now().plus(std::time::Duration::from_secs(3600)),
            client_state: "state".into(),
            certificate,
        };
        self.graph.create(app, &wanted).await.unwrap().id
    }

    /// Has something posted, and gives what the last post said.
    pub async fn hear(&self, order: Order) -> Value {
        let sent = self.simulator.order(order).await.unwrap();
        assert!(sent.iter().all(|post| post.status == Some(202)));
        self.server.requests().last().unwrap().json()
    }

    pub async fn verify(&self, body: &Value) -> Result<Vec<Verified>, TokenError> {
        let tokens = body["validationTokens"].as_array().cloned().unwrap_or_default();
        let tokens: Vec<String> = tokens.iter().map(text).collect();
        self.keys.verify(&tokens, &[app().client], self.clock.now()).await
    }
}

/// The answer to a validation of the address.
fn handshake(request: &Request) -> Option<Reply> {
    let (_, query) = request.path.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, token) = pairs.find(|(name, _)| name == "validationToken")?;
    let plain = ("Content-Type", "text/plain; charset=utf-8".to_owned());
    Some(Reply::Now(200, vec![plain], token.as_bytes().to_vec()))
}

/// A certificate and its key, as one would keep them.
pub struct Own(pub NewCertificate);

impl Own {
    pub fn new(clock: &TestClock) -> Self {
        Self(AwsLcEnvelope.certificate(clock.now()).unwrap())
    }

    pub fn public(&self, id: &str) -> PublicCertificate {
        PublicCertificate {
            id: id.to_owned(),
            der: self.0.der.clone(),
        }
    }

    /// What the first item of a post has in its envelope.
    pub fn open(&self, id: &str, body: &Value) -> Result<Value, EnvelopeError> {
        let content = &body["value"][0]["encryptedContent"];
        assert_eq!(content["encryptionCertificateId"], id);
        let certificate = Certificate {
            id: id.to_owned(),
            thumbprint: self.0.thumbprint.clone(),
            private_key: self.0.private_key.clone(),
        };
        let content = EncryptedContent {
            data: text(&content["data"]),
            data_signature: text(&content["dataSignature"]),
            data_key: text(&content["dataKey"]),
            certificate_id: text(&content["encryptionCertificateId"]),
            certificate_thumbprint: text(&content["encryptionCertificateThumbprint"]),
        };
        let opened = AwsLcEnvelope.open(&certificate, &content)?;
        Ok(serde_json::from_slice(&opened).unwrap())
    }
}
