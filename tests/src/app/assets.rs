//! One method for each endpoint of assets.

use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;
use super::tenancy::id;

impl Client {
    pub async fn assets(&self, query: &str) -> Answer {
        self.get(&format!("/api/assets{query}")).await
    }

    pub async fn create_asset(&self, body: &Value) -> Answer {
        self.post("/api/assets", body).await
    }

    pub async fn create_asset_once(&self, key: &str, body: &Value) -> Answer {
        self.post_once("/api/assets", key, body).await
    }

    pub async fn asset(&self, asset: &str) -> Answer {
        self.get(&format!("/api/assets/{asset}")).await
    }

    pub async fn change_asset(&self, asset: &str, etag: &str, body: &Value) -> Answer {
        self.patch(&format!("/api/assets/{asset}"), etag, body).await
    }

    pub async fn delete_asset(&self, asset: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/assets/{asset}"), etag).await
    }

    /// The id of a new asset with a title and nothing else.
    pub async fn made_asset(&self, title: &str) -> String {
        id(&self.create_asset(&json!({ "title": title })).await.expect(201).json())
    }
}
