use reqwest::header::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;

/// A whole answer of the server, and what was asked.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `GET /api/health`, for failures of tests.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) async fn of(asked: String, response: reqwest::Response) -> Self {
        Self::whole(asked, response).await.unwrap()
    }

    /// An error when the connection breaks within the body.
    pub(super) async fn whole(asked: String, response: reqwest::Response) -> reqwest::Result<Self> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
            asked,
        })
    }

    /// Itself, with this status.
    ///
    /// # Panics
    ///
    /// When it has another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// A header that is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("{}: no {name}", self.asked));
        assert!(values.next().is_none(), "{}: {name} twice", self.asked);
        value.to_str().unwrap()
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    /// The problem document that it must be, with this status and code.
    ///
    /// # Panics
    ///
    /// When anything about its shape is wrong.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Problem {
        let text = self.text();
        let problem = self.any_problem();
        assert_eq!(
            (self.status, problem.code.as_str()),
            (status, code),
            "{}: {text}",
            self.asked
        );
        problem
    }

    /// The problem document that it must be.
    ///
    /// # Panics
    ///
    /// When anything about its shape is wrong.
    #[track_caller]
    pub fn any_problem(&self) -> Problem {
        Problem::of(self)
    }
}

/// `2026-01-01T00:00:00.000000Z`.
pub fn is_stamp(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000000Z"
}

/// Whether a text is a UUIDv7 in its usual form.
pub fn is_id(text: &str) -> bool {
    text.len() == 36 && text.parse::<Uuid>().is_ok_and(|id| id.get_version_num() == 7)
}
