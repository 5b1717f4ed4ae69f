//! What is said of every operation in the same way.

use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::codes::named;
use super::responses::{class, operations};
use crate::middleware::Class;

/// Makes the first sentence of what a handler says the summary and the rest the description, and adds what follows from how
/// the operation is made.
pub(super) struct Told;

impl Modify for Told {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let class = class(path);
            for operation in operations(item) {
                tell(operation, class);
            }
        }
    }
}

fn tell(operation: &mut Operation, class: Class) {
    let said = operation.summary.take().unwrap_or_default().replace('\n', " ");
    let (summary, rest) = match said.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), rest),
        None => (said.clone(), ""),
    };
    let more = operation.description.take().unwrap_or_default();
    let facts = facts(operation, class).join(" ");
    let paragraphs = [rest, more.as_str(), facts.as_str()];
    let paragraphs: Vec<&str> = paragraphs.into_iter().filter(|text| !text.is_empty()).collect();
    operation.summary = Some(summary);
    operation.description = Some(paragraphs.join("\n\n"));
}

fn facts(operation: &Operation, class: Class) -> Vec<&'static str> {
    let token = match operation.security {
        Some(_) => "Takes an access token.",
        None => "Takes no token.",
    };
    let counted = match class {
        Class::Auth => "Counted by address, as what guesses passwords: `limits.auth_per_minute`.",
        Class::Api => "Counted by user, by address without a token: `limits.api_per_minute`.",
        Class::Free | Class::Held => "Not counted.",
    };
    let mut facts = vec![token, counted];
    for (name, fact) in [
        (
            "Idempotency-Key",
            "With an `Idempotency-Key` a repetition has no second effect and the same answer.",
        ),
        (
            "If-Match",
            "Takes the `ETag` of the version that it is for in `If-Match`, and is refused when there is a later one.",
        ),
        (
            "If-None-Match",
            "Answers 304 to whoever has the current version already.",
        ),
        (
            "cursor",
            "Whoever gives `nextCursor` as `cursor` gets the next page; on the last one it is `null`.",
        ),
    ] {
        if named(operation, name) {
            facts.push(fact);
        }
    }
    facts
}
