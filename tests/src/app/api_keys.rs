//! One method for each endpoint of API keys, and servers that hold one.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;
use super::person::Person;
use super::{TestApp, id};

/// Every scope that there is.
pub const SCOPES: [&str; 5] = [
    "assets:read",
    "assets:write",
    "events:publish",
    "rooms:read",
    "places:read",
];

/// A server that holds an API key.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Of the key.
    pub id: String,
    /// With the key as its token.
    pub client: Client,
}

impl Client {
    pub async fn api_keys(&self, organization: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/api-keys")).await
    }

    pub async fn api_key(&self, organization: &str, key: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/api-keys/{key}")).await
    }

    pub async fn create_api_key(&self, organization: &str, body: &Value) -> Answer {
        self.post(&format!("/api/orgs/{organization}/api-keys"), body).await
    }

    pub async fn revoke_api_key(&self, organization: &str, key: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/api-keys/{key}");
        self.call(Method::DELETE, &path).send().await
    }
}

impl Person {
    /// A server that holds a new key of the person's organization with these scopes.
    pub async fn made_api_key(&self, app: &TestApp, scopes: &[&str]) -> Holder {
        let body = json!({ "name": "Warehouse", "scopes": scopes });
        let made = self.create_api_key(&self.organization, &body).await.expect(201).json();
        Holder {
            id: id(&made),
            client: app.anonymous().with_token(made["key"].as_str().unwrap()),
        }
    }
}
