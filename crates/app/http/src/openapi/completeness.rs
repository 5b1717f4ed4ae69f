//! What the document says of each operation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::examples::NO_WORD;
use crate::error::KINDS;

/// What is answered where there is no operation, or by a page and not by the API.
const OF_NO_OPERATION: [&str; 3] = ["bad_request", "not_found", "method_not_allowed"];

/// What no form is known of: a token is good or it is not, and no entity tag is a reason to refuse a request for reading.
const OPAQUE: [&str; 3] = ["ticket", "token", "If-None-Match"];

fn document() -> Value {
    serde_json::to_value(super::openapi()).unwrap()
}

/// Every operation under its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((format!("{method} {path}"), operation));
        }
    }
    assert!(all.len() > 90, "{}", all.len());
    all
}

fn has_example(content: &Value) -> bool {
    content.get("example").is_some()
        || content["examples"]
            .as_object()
            .is_some_and(|examples| !examples.is_empty())
}

#[test]
fn every_operation_has_a_short_summary_and_a_description() {
    for (name, operation) in operations(&document()) {
        let summary = operation["summary"].as_str().unwrap();
        assert!(summary.ends_with('.') && summary.len() <= 160, "{name}: {summary}");
        assert!(!summary.contains('\n'), "{name}");
        let description = operation["description"].as_str().unwrap();
        assert!(
            description.contains("token.") && description.contains("ounted"),
            "{name}: {description}"
        );
    }
}

#[test]
fn every_body_has_an_example() {
    let mut bodies = 0;
    for (name, operation) in operations(&document()) {
        let request = operation["requestBody"]["content"].as_object().into_iter();
        let responses = operation["responses"].as_object().unwrap();
        let responses = responses
            .values()
            .filter_map(|response| response["content"].as_object());
        for (media, content) in request.chain(responses).flatten() {
            assert!(has_example(content), "{name}: {media}");
            bodies += 1;
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let without_body = matches!(status.as_str(), "101" | "204" | "304");
            assert_eq!(response.get("content").is_none(), without_body, "{name}: {status}");
        }
    }
    assert!(bodies > 1000, "{bodies}");
}

#[test]
fn no_example_stands_for_nothing() {
    let text = super::openapi().to_pretty_json().unwrap();
    let place = text.lines().find(|line| line.contains(NO_WORD));
    assert_eq!(place, None, "say in openapi/words.rs what stands for it in an example");
}

#[test]
fn every_kind_of_failure_is_documented_under_its_status() {
    let document = document();
    let mut documented = BTreeSet::new();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let problem = &response["content"]["application/problem+json"];
            for code in problem["examples"]
                .as_object()
                .into_iter()
                .flat_map(|codes| codes.keys())
            {
                let example = &document["components"]["examples"][code]["value"];
                assert_eq!(example["code"], code.as_str(), "{name}");
                assert_eq!(example["status"].to_string(), *status, "{name}: {code}");
                documented.insert(code.clone());
            }
        }
    }
    let missing = KINDS.iter().map(|kind| kind.code);
    let missing = missing.filter(|code| !documented.contains(*code) && !OF_NO_OPERATION.contains(code));
    assert_eq!(
        missing.collect::<Vec<_>>(),
        Vec::<&str>::new(),
        "no operation says that it answers with these"
    );
}

#[test]
fn every_parameter_says_what_it_is_and_how_long_it_may_be() {
    for (name, operation) in operations(&document()) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let schema = &parameter["schema"];
            let opaque = OPAQUE.iter().any(|name| parameter["name"] == *name);
            let text = schema["type"] == "string" && schema.get("enum").is_none() && !opaque;
            let bounded = ["format", "pattern", "maxLength"]
                .iter()
                .any(|bound| schema.get(bound).is_some());
            assert!(!text || bounded, "{name}: {} has no bounds", parameter["name"]);
        }
    }
}
