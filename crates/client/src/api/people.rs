use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
use crate::session::Session;

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The user.
    pub id: Uuid,
    /// Their address.
    pub email: String,
    /// What others see.
    pub display_name: String,
}

/// Where they are signed in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// The organization.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// Somebody in the organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The user.
    pub user_id: Uuid,
    /// Their address.
    pub email: String,
    /// What others see.
    pub display_name: String,
    /// `viewer`, `member`, `admin` or `owner`. Viewers read and do not write.
    pub role: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Invitation<'a> {
    token: &'a str,
}

#[derive(Deserialize)]
struct Membership {
    organization: Organization,
}

impl Session {
    /// Everybody in the organization, oneself included.
    ///
    /// # Errors
    ///
    /// As [`ApiError`] says.
    pub async fn members(&self) -> Result<Vec<Member>, ApiError> {
        self.pages(&format!("/api/orgs/{}/members", self.organization())).await
    }

    /// The organizations that one belongs to.
    ///
    /// # Errors
    ///
    /// As [`ApiError`] says.
    pub async fn organizations(&self) -> Result<Vec<Organization>, ApiError> {
        self.pages("/api/orgs").await
    }

    /// Accepts an invitation; [`Session::switch`] goes on in the organization.
    ///
    /// # Errors
    ///
    /// As [`ApiError`] says.
    pub async fn accept_invitation(&self, token: &str) -> Result<Organization, ApiError> {
        let invitation = Invitation { token };
        let accepted: Membership = self
            .call(Method::POST, "/api/invitations/accept", Some(&invitation))
            .await?;
        Ok(accepted.organization)
    }

    async fn pages<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, ApiError> {
        let mut items = Vec::new();
        let mut next = Some(format!("{path}?limit=100"));
        while let Some(page) = next {
            let page: Page<T> = self.call(Method::GET, &page, None::<&()>).await?;
            items.extend(page.items);
            next = page
                .next_cursor
                .map(|cursor| format!("{path}?limit=100&cursor={cursor}"));
        }
        Ok(items)
    }
}
