//! One method for each endpoint of organizations and what is in them.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;

impl Client {
    pub async fn organizations(&self) -> Answer {
        self.get("/api/orgs").await
    }

    pub async fn create_organization(&self, name: &str) -> Answer {
        self.post("/api/orgs", &json!({ "name": name })).await
    }

    pub async fn organization(&self, organization: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}")).await
    }

    pub async fn rename_organization(&self, organization: &str, etag: &str, name: &str) -> Answer {
        self.patch(&format!("/api/orgs/{organization}"), etag, &json!({ "name": name }))
            .await
    }

    pub async fn delete_organization(&self, organization: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/orgs/{organization}"), etag).await
    }

    pub async fn members(&self, organization: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/members")).await
    }

    pub async fn member(&self, organization: &str, user: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/members/{user}")).await
    }

    pub async fn change_role(&self, organization: &str, user: &str, etag: &str, role: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/members/{user}");
        self.patch(&path, etag, &json!({ "role": role })).await
    }

    pub async fn remove_member(&self, organization: &str, user: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/orgs/{organization}/members/{user}"), etag)
            .await
    }

    pub async fn invitations(&self, organization: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/invitations")).await
    }

    pub async fn invite(&self, organization: &str, email: &str, role: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/invitations");
        self.post(&path, &json!({ "email": email, "role": role })).await
    }

    pub async fn withdraw_invitation(&self, organization: &str, invitation: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/invitations/{invitation}");
        self.call(Method::DELETE, &path).send().await
    }

    pub async fn accept_invitation(&self, token: &str) -> Answer {
        self.post("/api/invitations/accept", &json!({ "token": token })).await
    }

    pub async fn sites(&self, organization: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/sites")).await
    }

    pub async fn create_site(&self, organization: &str, name: &str) -> Answer {
        self.post(&format!("/api/orgs/{organization}/sites"), &json!({ "name": name }))
            .await
    }

    pub async fn site(&self, organization: &str, site: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/sites/{site}")).await
    }

    pub async fn rename_site(&self, organization: &str, site: &str, etag: &str, name: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/sites/{site}");
        self.patch(&path, etag, &json!({ "name": name })).await
    }

    pub async fn delete_site(&self, organization: &str, site: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/orgs/{organization}/sites/{site}"), etag)
            .await
    }

    pub async fn create_unit(&self, organization: &str, site: &str, name: &str) -> Answer {
        let body = json!({ "siteId": site, "name": name });
        self.post(&format!("/api/orgs/{organization}/units"), &body).await
    }

    pub async fn unit(&self, organization: &str, unit: &str) -> Answer {
        self.get(&format!("/api/orgs/{organization}/units/{unit}")).await
    }

    pub async fn rename_unit(&self, organization: &str, unit: &str, etag: &str, name: &str) -> Answer {
        let path = format!("/api/orgs/{organization}/units/{unit}");
        self.patch(&path, etag, &json!({ "name": name })).await
    }

    pub async fn delete_unit(&self, organization: &str, unit: &str, etag: &str) -> Answer {
        self.delete(&format!("/api/orgs/{organization}/units/{unit}"), etag)
            .await
    }

    /// The id of a new site.
    pub async fn made_site(&self, organization: &str, name: &str) -> String {
        id(&self.create_site(organization, name).await.expect(201).json())
    }

    /// The id of a new unit.
    pub async fn made_unit(&self, organization: &str, site: &str, name: &str) -> String {
        id(&self.create_unit(organization, site, name).await.expect(201).json())
    }
}

/// The `id` of a resource.
pub fn id(resource: &Value) -> String {
    resource["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {resource}"))
        .to_owned()
}
