//! One method for each endpoint of rooms.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;
use super::person::Person;

/// Far more than it takes.
const PATIENCE: Duration = Duration::from_secs(120);

impl Client {
    /// Emits to `/api/orgs/{place}/events`.
    pub async fn emit(&self, place: &str, event: &str, data: &Value) -> Answer {
        let body = json!({ "event": event, "data": data });
        self.post(&format!("/api/orgs/{place}/events"), &body).await
    }

    /// The same with an idempotency key.
    pub async fn emit_once(&self, key: &str, place: &str, event: &str, data: &Value) -> Answer {
        self.call(Method::POST, &format!("/api/orgs/{place}/events"))
            .header("idempotency-key", key)
            .json(&json!({ "event": event, "data": data }))
            .send()
            .await
    }

    /// What happened in the organization, with this query.
    pub async fn activity(&self, organization: &str, query: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/activity{query}")).await
    }

    /// What happened in the room, with this query.
    pub async fn history(&self, room: &str, query: &str) -> Answer {
        self.get(&format!("/api/rooms/{room}/history{query}")).await
    }

    /// Who is in the room.
    pub async fn presence_of(&self, room: &str) -> Answer {
        self.get(&format!("/api/rooms/{room}/presence")).await
    }
}

impl Person {
    /// Waits until the rooms have heard all that happened in the organization.
    pub async fn all_told(&self) {
        let begin = Instant::now();
        loop {
            let latest = self.activity(&self.organization, "?limit=1").await.expect(200).json();
            let history = self.history(&self.room(), "?limit=1").await.expect(200).json();
            if history["events"][0]["data"]["id"] == latest["items"][0]["id"] {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "never told: {latest}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
