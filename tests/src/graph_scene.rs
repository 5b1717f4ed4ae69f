//! A server, a Microsoft Graph of this machine, and an organization that wants to be told of changes.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_simulator::{Config, Order, Sent, Simulator};

use crate::app::{Answer, Options, Person, TestApp, id};
use crate::waiting::until_ok;

/// How long something that a worker does may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The directory that the app belongs to.
pub const TENANT: &str = "84bd8158-6d4d-4958-8b9f-9d6445542f95";

/// The id of the organization's app.
pub const CLIENT: &str = "6731de76-14a6-49ae-97bc-6eba6914391e";

/// With what the app signs in.
pub const APP_SECRET: &str = "canary-client-secret";

/// See the module.
pub struct GraphScene {
    // Dropped in this order: whoever asks, then who is asked.
    pub app: TestApp,
    pub simulator: Simulator,
    pub owner: Person,
    /// The credential of the organization's app.
    pub credential: String,
}

impl GraphScene {
    /// Starts both, and gives the organization an app.
    pub async fn set(options: Options) -> Self {
        Self::set_with(options, Vec::new()).await
    }

    /// The same, with a Graph that lets only these apps in; the organization's is none of them.
    pub async fn set_with(options: Options, clients: Vec<tenon_simulator::Client>) -> Self {
        let config = Config {
            tenant: TENANT.to_owned(),
            pace: 0.01,
            clients,
            ..Config::default()
        };
        let simulator = Simulator::start(config).unwrap();
        let app = TestApp::start(known_to(options, &simulator)).await;
        let owner = app.register("owner").await;
        let credential = made_app(&owner).await;
        Self {
            app,
            simulator,
            owner,
            credential,
        }
    }

    /// Makes the organization's app another one.
    pub async fn set_client(&self, client: &str) {
        let values = json!({ "tenantId": TENANT, "clientId": client, "clientSecret": APP_SECRET });
        let body = json!({ "name": "App", "kind": "microsoft-graph", "values": values });
        let path = format!("/api/credentials/{}", self.credential);
        let call = self.owner.call(reqwest::Method::PUT, &path).header("if-match", "*");
        call.json(&body).send().await.expect(200);
    }

    /// Subscribes to the owner's messages, and waits until Graph has it. Returns the subscription.
    pub async fn subscribed(&self, rich: bool) -> Value {
        let made = self.subscribe(rich).await.expect(201).json();
        self.active(&made).await
    }

    /// Asks for a subscription to the owner's messages.
    pub async fn subscribe(&self, rich: bool) -> Answer {
        self.owner.post("/api/graph/subscriptions", &self.wish(rich)).await
    }

    /// The body of a request for a subscription.
    pub fn wish(&self, rich: bool) -> Value {
        json!({
            "credentialId": self.credential,
            "resource": format!("users/{}/messages", self.owner.id),
            "changeTypes": ["created", "updated", "deleted"],
            "includeResourceData": rich,
        })
    }

    /// Waits until Graph has the subscription, and returns it.
    pub async fn active(&self, subscription: &Value) -> Value {
        self.until(subscription, |now| now["state"] == "active").await
    }

    /// Waits until the subscription is so, and returns it.
    pub async fn until(&self, subscription: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/graph/subscriptions/{}", id(subscription));
        until_ok("the subscription is so", PATIENCE, async || {
            let now = self.owner.get(&path).await.expect(200).json();
            if is_so(&now) { Ok(now) } else { Err(now.to_string()) }
        })
        .await
    }

    /// Has Graph post, and expects every post to be accepted.
    pub async fn posted(&self, order: Order) -> Vec<Sent> {
        let sent = self.simulator.order(order).await.unwrap();
        for post in &sent {
            assert_eq!(post.status, Some(202), "after {} ms", post.ms);
        }
        sent
    }

    /// Waits until so many notifications are in this state, and returns them, the latest first.
    pub async fn notifications(&self, state: &str, count: usize) -> Vec<Value> {
        let path = format!("/api/graph/notifications?state={state}&limit=100");
        until_ok("the notifications are there", PATIENCE, async || {
            let found = self.owner.all(&path).await;
            if found.len() == count {
                Ok(found)
            } else {
                Err(format!("{} {state} in place of {count}", found.len()))
            }
        })
        .await
    }

    /// The notifications that the organization's feed tells of.
    pub async fn told(&self) -> Vec<Value> {
        let path = format!("/api/orgs/{}/activity?limit=100", self.owner.organization);
        let mut activities = self.owner.all(&path).await;
        activities.retain(|activity| activity["event"] == "graph.notification");
        activities
    }

    /// Waits until no job waits or runs in the queue of what was posted.
    pub async fn settled(&self) {
        self.queue("graph", |queue| queue["waiting"] == 0 && queue["running"] == 0)
            .await;
    }

    /// Waits until a queue is so.
    pub async fn queue(&self, name: &str, is_so: impl Fn(&Value) -> bool) {
        let operator = self.app.operator().await;
        until_ok("the queue is so", PATIENCE, async || {
            let queues = operator.get("/api/queues").await.expect(200).json();
            let all = queues["items"].as_array().unwrap();
            let queue = all.iter().find(|queue| queue["name"] == name).unwrap();
            if is_so(queue) { Ok(()) } else { Err(queue.to_string()) }
        })
        .await;
    }
}

/// The options of a server on a free port that has its Graph in `simulator`.
pub fn known_to(options: Options, simulator: &Simulator) -> Options {
    let port = xtask::servers::free_port().unwrap();
    options
        .set("PORT", &port.to_string())
        .set("GRAPH_WEBHOOK_URL", &format!("http://127.0.0.1:{port}/webhooks/graph"))
        .set("TENON__GRAPH__LOGIN_URL", &simulator.url())
        .set("TENON__GRAPH__API_URL", &simulator.url())
}

/// Gives the organization of somebody the credential of an app.
pub async fn made_app(owner: &Person) -> String {
    let values = json!({
        "tenantId": TENANT,
        "clientId": CLIENT,
        "clientSecret": APP_SECRET,
    });
    let body = json!({ "name": "App", "kind": "microsoft-graph", "values": values });
    id(&owner.post("/api/credentials", &body).await.expect(201).json())
}
