use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::{Answer, Client, Person, TestApp, id};
use crate::graph_scene::{GraphScene, TENANT};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::waiting::{timed, until};

/// Graph holds an answer for late after so long.
pub const LATE: Duration = Duration::from_secs(3);

/// Leases of 20 s may have to run out, and what failed three times waits for more than a minute.
const SETTLED: Duration = Duration::from_secs(300);

/// Posts what Graph would, and knows what is in it.
#[derive(Debug, Clone)]
pub struct Poster {
    subscription: String,
    client_state: String,
}

/// One post.
#[derive(Debug, Clone)]
pub struct Post {
    pub body: String,
    /// What it tells of, each once.
    pub resources: Vec<String>,
}

impl Poster {
    /// For the newest subscription.
    pub fn of(scene: &GraphScene) -> Self {
        let subscription = scene.simulator.subscriptions().pop().unwrap();
        Self {
            subscription: subscription.id,
            client_state: subscription.client_state.unwrap(),
        }
    }

    /// A post with so many items, of resources that no post of another name tells of.
    pub fn batch(&self, name: &str, items: usize) -> Post {
        let resources: Vec<String> = (0..items)
            .map(|item| format!("users/1/messages/{name}-{item}"))
            .collect();
        let items: Vec<Value> = resources.iter().map(|resource| self.item(resource)).collect();
        Post {
            body: json!({ "value": items }).to_string(),
            resources,
        }
    }

    fn item(&self, resource: &str) -> Value {
        json!({
            "id": format!("of {resource}"),
            "subscriptionId": self.subscription,
            "clientState": self.client_state,
            "tenantId": TENANT,
            "changeType": "updated",
            "resource": resource,
            "resourceData": { "@odata.etag": format!("W/\"{resource}\""), "id": resource },
        })
    }
}

impl Post {
    /// The answer, or nothing when the connection broke.
    pub async fn try_send(&self, anyone: &Client) -> Option<Answer> {
        let call = anyone.call(Method::POST, "/webhooks/graph");
        call.body("application/json", self.body.clone()).try_send().await
    }

    /// Posts it, and says whether it was taken and how long the answer took: the other answer is 503, and none is late.
    pub async fn send(&self, anyone: &Client) -> (bool, Duration) {
        let (answer, took) = timed(async { self.try_send(anyone).await.unwrap() }).await;
        assert!(took < LATE, "answered {} after {took:?}", answer.status);
        if answer.status == 202 {
            return (true, took);
        }
        answer.problem(503, "not_durable");
        assert_eq!(answer.header("retry-after"), "10");
        (false, took)
    }

    /// Posts it until it is taken.
    pub async fn send_until_taken(&self, anyone: &Client) {
        while !self.send(anyone).await.0 {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Waits until nothing that was posted waits or is being settled.
pub async fn settled(app: &TestApp) {
    let operator = app.operator().await;
    until("settled", SETTLED, async || {
        let queue = queue(&operator).await;
        queue["waiting"] == 0 && queue["running"] == 0
    })
    .await;
}

/// The queue of what was posted, as the operator sees it.
pub async fn queue(operator: &Client) -> Value {
    let queues = operator.get("/api/queues").await.expect(200).json();
    let items = queues["items"].as_array().unwrap();
    items.iter().find(|queue| queue["name"] == "graph").unwrap().clone()
}

/// How often the organization's feed tells of each resource.
pub async fn told(owner: &Person) -> BTreeMap<String, usize> {
    let notifications = owner.all("/api/graph/notifications?limit=100").await;
    let resources: BTreeMap<String, &str> = notifications
        .iter()
        .map(|notification| (id(notification), notification["resource"].as_str().unwrap()))
        .collect();
    let feed = format!("/api/orgs/{}/activity?limit=100", owner.organization);
    let mut told = BTreeMap::new();
    for activity in owner.all(&feed).await {
        if activity["event"] == "graph.notification" {
            let notification = id(&activity["notification"]);
            *told.entry(resources[&notification].to_owned()).or_default() += 1;
        }
    }
    told
}

/// Asserts that the feed tells of each of these once, and of nothing else.
pub async fn assert_told_once(owner: &Person, posts: &[Post]) {
    let told = told(owner).await;
    let posted = posts.iter().flat_map(|post| &post.resources);
    let expected: BTreeMap<String, usize> = posted.map(|resource| (resource.clone(), 1)).collect();
    assert_eq!(told.len(), expected.len());
    assert_eq!(told, expected);
}
