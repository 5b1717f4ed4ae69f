use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tenon_simulator::{Config, Simulator};
use tokio::time::sleep;

use super::batch::Subscription;
use crate::api::{Kind, Session, call, post, sign_in, text};
use crate::measure::Watched;
use crate::scene::{EMAIL, PASSWORD};
use crate::server::{Launch, Server, Store};
use crate::wire::request;

const OPERATOR_PASSWORD: &str = "operators-mortise-4417";
const PAUSE: Duration = Duration::from_millis(50);

/// How long a subscription may take to be there.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, a Graph of this machine that it subscribed to, and somebody whose changes are told.
pub struct Scene {
    /// The server.
    pub server: Server,
    /// Whose changes are told.
    pub subscription: Subscription,
    owner: Session,
    operator: String,
    // Last: it is asked until the server has ended.
    _graph: Simulator,
}

impl Scene {
    /// Starts both, and subscribes.
    pub async fn open(tenon: &Path, store: &mut Store) -> Result<Self> {
        let graph = Simulator::start(Config::default())?;
        let url = graph.url();
        let launch = Launch {
            core: None,
            environment: &[
                ("TENON__GRAPH__LOGIN_URL", url.as_str()),
                ("TENON__GRAPH__API_URL", url.as_str()),
                ("OPERATOR_PASSWORD", OPERATOR_PASSWORD),
            ],
        };
        let server = Server::launch(Kind::Tenon, tenon, store, &launch).await?;
        let address = server.address;
        call(address, &Kind::Tenon.register(EMAIL, PASSWORD)).await?;
        let owner = sign_in(Kind::Tenon, address, EMAIL, PASSWORD).await?;
        let login = json!({ "password": OPERATOR_PASSWORD }).to_string();
        let operator = call(address, &request("POST", "/api/auth/login", None, Some(&login))).await?;
        subscribe(&server, &owner).await?;
        let subscribed = graph.subscriptions().pop().context("nobody subscribed")?;
        Ok(Self {
            server,
            subscription: Subscription {
                remote: subscribed.id,
                client_state: subscribed.client_state.context("no client state")?,
            },
            owner,
            operator: text(&operator, "/token")?,
            _graph: graph,
        })
    }

    /// How many posts are not settled yet.
    pub async fn backlog(&self) -> Result<u64> {
        let queues = get(&self.server, "/api/queues", &self.operator).await?;
        let items = queues.pointer("/items").and_then(Value::as_array);
        let queue = items
            .into_iter()
            .flatten()
            .find(|queue| queue.get("name") == Some(&json!("graph")));
        let queue = queue.with_context(|| format!("no queue of Graph in {queues}"))?;
        ensure!(count(queue, "/dead")? == 0, "posts were given up: {queue}");
        Ok(count(queue, "/waiting")? + count(queue, "/running")?)
    }

    /// How many notifications were believed.
    pub async fn believed(&self) -> Result<u64> {
        let path = "/api/graph/notifications?state=processed&limit=1&count=true";
        count(&get(&self.server, path, &self.owner.token).await?, "/total")
    }

    /// The processes to watch while it works.
    pub fn watched(&self, store: &Store) -> Watched {
        Watched {
            servers: vec![self.server.id()],
            databases: store.process_id().into_iter().collect(),
        }
    }
}

async fn subscribe(server: &Server, owner: &Session) -> Result<()> {
    let app = json!({
        "name": "App",
        "kind": "microsoft-graph",
        "values": {
            "tenantId": Config::default().tenant,
            "clientId": "6731de76-14a6-49ae-97bc-6eba6914391e",
            "clientSecret": "bench",
        },
    });
    let credential = post(server.address, "/api/credentials", &owner.token, &app).await?;
    let wish = json!({
        "credentialId": text(&credential, "/id")?,
        "resource": format!("users/{}/messages", owner.user),
        "changeTypes": ["updated"],
    });
    let made = post(server.address, "/api/graph/subscriptions", &owner.token, &wish).await?;
    let path = format!("/api/graph/subscriptions/{}", text(&made, "/id")?);
    let begun = Instant::now();
    loop {
        let now = get(server, &path, &owner.token).await?;
        if text(&now, "/state")? == "active" {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "not subscribed: {now}");
        sleep(PAUSE).await;
    }
}

async fn get(server: &Server, path: &str, token: &str) -> Result<Value> {
    call(server.address, &request("GET", path, Some(token), None)).await
}

fn count(answer: &Value, pointer: &str) -> Result<u64> {
    let count = answer.pointer(pointer).and_then(Value::as_u64);
    count.with_context(|| format!("no {pointer} in {answer}"))
}
