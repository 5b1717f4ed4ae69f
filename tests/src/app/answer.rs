use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

/// A whole answer of the server, and what was asked.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `GET /api/health`, for failures of tests.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A problem document (RFC 9457) whose shape was checked.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: String,
    pub detail: String,
    /// The fields that are wrong, with the code of each.
    pub fields: Vec<(String, String)>,
    pub document: Value,
    pub headers: HeaderMap,
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
        let (text, asked) = (self.text(), &self.asked);
        assert!(self.status >= 400, "{asked}: {} {text}", self.status);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{asked}: {text}"
        );
        let document = self.json();
        let string = |name: &str| {
            let value = document[name]
                .as_str()
                .unwrap_or_else(|| panic!("{asked}: {name} in {text}"));
            value.to_owned()
        };
        let code = string("code");
        assert_eq!(
            string("type"),
            format!("https://tenon.dev/problems/{}", code.replace('_', "-")),
            "{asked}"
        );
        assert_eq!(document["status"], self.status, "{asked}: {text}");
        assert_eq!(string("requestId"), self.header("x-request-id"), "{asked}");
        assert!(!string("requestId").is_empty(), "{asked}");
        let path = asked.split(' ').nth(1).and_then(|path| path.split('?').next());
        assert_eq!(Some(string("instance").as_str()), path, "{asked}");
        assert!(is_stamp(&string("timestamp")), "{asked}: {text}");
        let compatible = json!({ "message": string("title"), "status": self.status, "timestamp": string("timestamp") });
        assert_eq!(document["error"], compatible, "{asked}: {text}");
        for name in document.as_object().unwrap().keys() {
            assert!(
                MEMBERS.contains(&name.as_str()) || (name == "debug" && self.status >= 500),
                "{asked}: {name} in {text}"
            );
        }
        Problem {
            detail: string("detail"),
            fields: self.wrong_fields(&document),
            headers: self.headers.clone(),
            code,
            document,
        }
    }

    /// The wrong fields with their codes; each must have a sentence.
    fn wrong_fields(&self, document: &Value) -> Vec<(String, String)> {
        let fields = document["fields"].as_array().cloned().unwrap_or_default();
        let text_of = |field: &Value, name: &str| {
            field[name]
                .as_str()
                .unwrap_or_else(|| panic!("{}: {}", self.asked, self.text()))
                .to_owned()
        };
        let named = |field: &Value| {
            assert!(
                text_of(field, "message").ends_with('.'),
                "{}: {}",
                self.asked,
                self.text()
            );
            (text_of(field, "field"), text_of(field, "code"))
        };
        fields.iter().map(named).collect()
    }
}

/// What a problem document may say (RFC 9457, and what clients of older systems read).
const MEMBERS: [&str; 10] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "requestId",
    "timestamp",
    "fields",
    "error",
];

impl Problem {
    /// The names of the wrong fields.
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
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
