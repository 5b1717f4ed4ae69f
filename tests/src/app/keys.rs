//! One method for each endpoint of keys and devices.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;

impl Client {
    pub async fn publish(&self, key: &str) -> Answer {
        let body = json!({ "publicKey": key });
        self.call(Method::PUT, "/api/users/me/public-key")
            .json(&body)
            .send()
            .await
    }

    pub async fn own_public_key(&self) -> Answer {
        self.get("/api/users/me/public-key").await
    }

    pub async fn public_key(&self, user: &str) -> Answer {
        self.get(&format!("/api/users/{user}/public-key")).await
    }

    pub async fn key_log(&self, user: &str, query: &str) -> Answer {
        self.get(&format!("/api/users/{user}/key-log{query}")).await
    }

    pub async fn key_changes(&self, query: &str) -> Answer {
        self.get(&format!("/api/keys/changes{query}")).await
    }

    pub async fn create_device(&self, body: &Value) -> Answer {
        self.post("/api/devices", body).await
    }

    /// The number of a new device.
    pub async fn made_device(&self, body: &Value) -> u64 {
        let made = self.create_device(body).await.expect(201).json();
        made["device"].as_u64().unwrap()
    }

    pub async fn devices(&self) -> Answer {
        self.get("/api/devices").await
    }

    pub async fn devices_of(&self, user: &str) -> Answer {
        self.get(&format!("/api/users/{user}/devices")).await
    }

    pub async fn delete_device(&self, device: u64) -> Answer {
        self.call(Method::DELETE, &format!("/api/devices/{device}"))
            .send()
            .await
    }

    pub async fn prekeys(&self, device: u64) -> Answer {
        self.get(&format!("/api/devices/{device}/prekeys")).await
    }

    pub async fn bring_prekeys(&self, device: u64, body: &Value) -> Answer {
        self.post(&format!("/api/devices/{device}/prekeys"), body).await
    }

    pub async fn claim(&self, user: &str) -> Answer {
        self.post("/api/keys/claim", &json!({ "user": user })).await
    }

    pub async fn claim_of(&self, user: &str, device: u64) -> Answer {
        self.post("/api/keys/claim", &json!({ "user": user, "device": device }))
            .await
    }
}
