use reqwest::Method;
use serde::Deserialize;
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
struct Page {
    items: Vec<Member>,
    next_cursor: Option<String>,
}

impl Session {
    /// Everybody in the organization, oneself included.
    ///
    /// # Errors
    ///
    /// As [`ApiError`] says.
    pub async fn members(&self) -> Result<Vec<Member>, ApiError> {
        let path = format!("/api/orgs/{}/members?limit=100", self.organization());
        let mut members = Vec::new();
        let mut next = Some(path.clone());
        while let Some(page) = next {
            let page: Page = self.call(Method::GET, &page, None::<&()>).await?;
            members.extend(page.items);
            next = page.next_cursor.map(|cursor| format!("{path}&cursor={cursor}"));
        }
        Ok(members)
    }
}
