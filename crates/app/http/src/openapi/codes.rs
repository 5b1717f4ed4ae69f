//! How an operation can fail, as far as that follows from what it takes.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};

use crate::error::KINDS;
use crate::middleware::Class;

/// What only the operator of the installation does.
const OPERATORS: [&str; 3] = ["users", "queues", "cluster"];

/// The codes of the failures that everything with these parameters, this body and this way of being counted can have.
pub(super) fn of(operation: &Operation, path: &str, class: Class) -> Vec<&'static str> {
    let mut codes = Vec::new();
    let mut add = |applies: bool, more: &[&'static str]| {
        if applies {
            codes.extend_from_slice(more);
        }
    };
    let of_body = [
        "malformed_json",
        "incomplete_body",
        "unknown_field",
        "validation_failed",
        "request_timeout",
        "body_too_large",
        "unsupported_media_type",
    ];
    let of_change = ["invalid_if_match", "version_mismatch", "precondition_required"];
    let of_repeatable = [
        "invalid_idempotency_key",
        "idempotency_in_progress",
        "idempotency_key_reused",
    ];
    let in_query = parameters(operation).any(|parameter| parameter.parameter_in == ParameterIn::Query);
    let secured = operation.security.is_some();
    let of_operator = tagged(operation, &OPERATORS) && !path.starts_with("/api/users/me") || path == "/api/audit";
    add(operation.request_body.is_some(), &of_body);
    add(in_query, &["invalid_parameter", "unknown_parameter"]);
    add(named(operation, "cursor"), &["invalid_cursor"]);
    add(named(operation, "If-Match"), &of_change);
    add(named(operation, "Idempotency-Key"), &of_repeatable);
    add(secured, &["token_missing", "token_invalid"]);
    add(secured, &["scope_missing", "api_key_refused"]);
    add(secured && of_operator, &["operator_required"]);
    add(secured && !of_operator, &["insufficient_role", "organization_required"]);
    add(class != Class::Free, &["rate_limited", "unavailable"]);
    add(true, &["unsupported_encoding", "internal", "timeout", "starting"]);
    for parameter in parameters(operation).filter(|parameter| parameter.parameter_in == ParameterIn::Path) {
        codes.extend(of_path(path, &parameter.name));
    }
    codes
}

/// What can be wrong with a part of the path.
fn of_path(path: &str, name: &str) -> Vec<&'static str> {
    let malformed = match name {
        "room" => Some("invalid_room"),
        "queue" => None,
        _ => Some("invalid_id"),
    };
    let missing = match name {
        "user" if path.starts_with("/api/orgs/") => "member_not_found".to_owned(),
        "user" if path.starts_with("/api/conversations/") => "conversation_not_found".to_owned(),
        "subscription" => "graph_subscription_not_found".to_owned(),
        "key" => "api_key_not_found".to_owned(),
        name => format!("{name}_not_found"),
    };
    let missing = KINDS.iter().map(|kind| kind.code).find(|code| *code == missing);
    malformed.into_iter().chain(missing).collect()
}

/// Whether the operation has one of the tags.
fn tagged(operation: &Operation, tags: &[&str]) -> bool {
    let mut own = operation.tags.iter().flatten();
    own.any(|tag| tags.contains(&tag.as_str()))
}

/// Whether the operation takes a parameter of this name.
pub(super) fn named(operation: &Operation, name: &str) -> bool {
    parameters(operation).any(|parameter| parameter.name == name)
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let all = operation.parameters.iter().flatten();
    all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}
