//! One method for each endpoint of accounts and health.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;

impl Client {
    pub async fn register(&self, body: &Value) -> Answer {
        self.post("/api/auth/register", body).await
    }

    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/api/auth/login", &json!({ "email": email, "password": password }))
            .await
    }

    pub async fn login_operator(&self, password: &str) -> Answer {
        self.post("/api/auth/login", &json!({ "password": password })).await
    }

    pub async fn refresh_with(&self, token: &str) -> Answer {
        self.post("/api/auth/refresh", &json!({ "refreshToken": token })).await
    }

    pub async fn logout(&self) -> Answer {
        self.call(Method::POST, "/api/auth/logout").send().await
    }

    pub async fn switch(&self, organization: &str) -> Answer {
        self.post("/api/auth/switch", &json!({ "organizationId": organization }))
            .await
    }

    pub async fn change_password(&self, current: &str, new: &str) -> Answer {
        let body = json!({ "currentPassword": current, "newPassword": new });
        self.post("/api/auth/change-password", &body).await
    }

    pub async fn me(&self) -> Answer {
        self.get("/api/auth/me").await
    }

    pub async fn change_me(&self, etag: &str, body: &Value) -> Answer {
        self.patch("/api/auth/me", etag, body).await
    }

    pub async fn sessions(&self) -> Answer {
        self.get("/api/auth/sessions").await
    }

    pub async fn session(&self, session: &str) -> Answer {
        self.get(&format!("/api/auth/sessions/{session}")).await
    }

    pub async fn name_session(&self, session: &str, etag: &str, name: &str) -> Answer {
        self.patch(&format!("/api/auth/sessions/{session}"), etag, &json!({ "name": name }))
            .await
    }

    pub async fn end_session(&self, session: &str) -> Answer {
        self.call(Method::DELETE, &format!("/api/auth/sessions/{session}"))
            .send()
            .await
    }

    pub async fn end_all_sessions(&self) -> Answer {
        self.call(Method::DELETE, "/api/auth/sessions").send().await
    }

    pub async fn user(&self, user: &str) -> Answer {
        self.get(&format!("/api/users/{user}")).await
    }

    pub async fn disable_user(&self, user: &str, etag: &str, disabled: bool) -> Answer {
        self.patch(&format!("/api/users/{user}"), etag, &json!({ "disabled": disabled }))
            .await
    }

    pub async fn health(&self) -> Answer {
        self.get("/api/health").await
    }

    pub async fn openapi(&self) -> Answer {
        self.get("/api/openapi.json").await
    }
}
