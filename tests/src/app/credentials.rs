//! One method for each endpoint of credentials.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;
use super::tenancy::id;

impl Client {
    pub async fn credentials(&self) -> Answer {
        self.get("/api/credentials").await
    }

    pub async fn create_credential(&self, body: &Value) -> Answer {
        self.post("/api/credentials", body).await
    }

    pub async fn credential(&self, credential: &str) -> Answer {
        self.get(&format!("/api/credentials/{credential}")).await
    }

    pub async fn replace_credential(&self, credential: &str, etag: &str, body: &Value) -> Answer {
        let path = format!("/api/credentials/{credential}");
        let call = self.call(Method::PUT, &path).header("if-match", etag);
        call.json(body).send().await
    }

    pub async fn delete_credential(&self, credential: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/credentials/{credential}"), etag).await
    }

    /// The id of a new credential that is a text.
    pub async fn made_credential(&self, name: &str, secret: &str) -> String {
        id(&self.create_credential(&text(name, secret)).await.expect(201).json())
    }
}

/// The body for a credential that is a text.
pub fn text(name: &str, secret: &str) -> Value {
    json!({ "name": name, "kind": "secret", "values": { "value": secret } })
}
