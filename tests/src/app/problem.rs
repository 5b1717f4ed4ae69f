use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::answer::{Answer, is_stamp};

/// The members of a problem document, all of them strings but four.
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

impl Problem {
    #[track_caller]
    pub(super) fn of(answer: &Answer) -> Self {
        let (text, asked) = (answer.text(), &answer.asked);
        assert!(answer.status >= 400, "{asked}: {} {text}", answer.status);
        let kind = answer.header("content-type");
        assert_eq!(kind, "application/problem+json", "{asked}: {text}");
        let document = answer.json();
        let known = |name: &str| MEMBERS.contains(&name) || (name == "debug" && answer.status >= 500);
        for name in document.as_object().unwrap().keys() {
            assert!(known(name), "{asked}: {name} in {text}");
        }
        let problem = Self {
            code: string(&document, "code"),
            detail: string(&document, "detail"),
            fields: fields(&document),
            headers: answer.headers.clone(),
            document,
        };
        problem.speaks_of(answer);
        problem
    }

    /// Everything that must agree with something else does.
    #[track_caller]
    fn speaks_of(&self, answer: &Answer) {
        let (document, asked) = (&self.document, &answer.asked);
        let of_code = format!("https://tenon.dev/problems/{}", self.code.replace('_', "-"));
        assert_eq!(string(document, "type"), of_code, "{asked}");
        assert_eq!(document["status"], answer.status, "{asked}: {document}");
        let request = string(document, "requestId");
        assert_eq!(request, answer.header("x-request-id"), "{asked}");
        assert!(!request.is_empty() && !self.detail.is_empty(), "{asked}: {document}");
        let path = asked.split(' ').nth(1).and_then(|path| path.split('?').next());
        assert_eq!(Some(string(document, "instance").as_str()), path, "{asked}");
        let (title, timestamp) = (string(document, "title"), string(document, "timestamp"));
        assert!(is_stamp(&timestamp), "{asked}: {document}");
        let compatible = json!({ "message": title, "status": answer.status, "timestamp": timestamp });
        assert_eq!(document["error"], compatible, "{asked}");
    }

    /// The names of the wrong fields.
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }
}

#[track_caller]
fn string(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {value}"))
        .to_owned()
}

#[track_caller]
fn fields(document: &Value) -> Vec<(String, String)> {
    let fields = document["fields"].as_array().cloned().unwrap_or_default();
    fields
        .iter()
        .map(|field| {
            assert!(string(field, "message").ends_with('.'), "{document}");
            (string(field, "field"), string(field, "code"))
        })
        .collect()
}
