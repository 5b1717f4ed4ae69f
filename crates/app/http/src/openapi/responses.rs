use utoipa::Modify;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response};

use crate::middleware::Class;
use crate::routes::TABLE;

const PROBLEM: &str = "application/problem+json";

/// Adds to each operation the responses that follow from what it takes, and gives every failure its schema.
pub(super) struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let free = TABLE
                .iter()
                .any(|route| route.template == path && route.class == Class::Free);
            for operation in operations(item) {
                complete(operation, free);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    all.into_iter().flatten()
}

fn complete(operation: &mut Operation, free: bool) {
    let takes_keys = takes_keys(operation);
    let has_body = operation.request_body.is_some();
    let secured = operation.security.is_some();
    let named = |name: &str| parameters(operation).any(|parameter| parameter.name == name);
    let (if_match, if_none_match, once) = (named("If-Match"), named("If-None-Match"), named("Idempotency-Key"));
    let in_query_of_pages = named("cursor");
    let placed = |place: &ParameterIn| parameters(operation).any(|parameter| parameter.parameter_in == *place);
    let (in_path, in_query) = (placed(&ParameterIn::Path), placed(&ParameterIn::Query));

    let mut bad_request = Vec::new();
    bad_request.extend(if has_body {
        &["malformed_json", "unknown_field", "validation_failed"][..]
    } else {
        &[]
    });
    bad_request.extend(in_query.then_some("invalid_parameter"));
    bad_request.extend(in_query.then_some("unknown_parameter"));
    bad_request.extend(in_query_of_pages.then_some("invalid_cursor"));
    bad_request.extend(in_path.then_some("invalid_id"));
    bad_request.extend(if_match.then_some("invalid_if_match"));
    bad_request.extend(once.then_some("invalid_idempotency_key"));
    let bad_request: Vec<String> = bad_request.iter().map(|code| format!("`{code}`")).collect();

    let mut add = |applies: bool, status: &str, description: &str| {
        if applies {
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.to_owned())
                .or_insert_with(|| RefOr::T(Response::new(description)));
        }
    };
    add(if_none_match, "304", "The client has the current version.");
    add(!bad_request.is_empty(), "400", &bad_request.join(", "));
    add(secured, "401", "`token_missing`, `token_invalid`");
    let refused = if takes_keys { "scope_missing" } else { "api_key_refused" };
    let forbidden = format!("`insufficient_role`, `organization_required`, `{refused}`");
    add(secured, "403", &forbidden);
    add(in_path, "404", "There is none, or it is another tenant's.");
    add(has_body, "408", "`request_timeout`");
    add(once, "409", "`idempotency_in_progress`");
    add(if_match, "412", "`version_mismatch`: the current version is in `ETag`.");
    add(has_body, "413", "`body_too_large`");
    add(has_body, "415", "`unsupported_media_type`, `unsupported_encoding`");
    add(once, "422", "`idempotency_key_reused`");
    add(if_match, "428", "`precondition_required`");
    add(!free, "429", "`rate_limited`");
    add(true, "500", "`internal`");
    add(!free, "503", "`unavailable`, `timeout`");

    describe(operation, if_match || if_none_match, once);
}

/// Whether an API key will do in place of an access token.
fn takes_keys(operation: &Operation) -> bool {
    let mut alternatives = operation.security.iter().flatten().map(serde_json::to_value);
    alternatives.any(|alternative| alternative.is_ok_and(|names| names.get("apiKey").is_some()))
}

/// Gives failures their schema, and answers their headers.
fn describe(operation: &mut Operation, versioned: bool, once: bool) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if status.as_str() >= "400" && response.content.is_empty() {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build();
            response.content.insert(PROBLEM.to_owned(), content.into());
        }
        let shown = versioned && matches!(status.as_str(), "200" | "304" | "412");
        let mut add = |applies: bool, name: &str, description: &str, of: Type| {
            if applies {
                response.headers.insert(name.to_owned(), header(description, of).into());
            }
        };
        add(
            shown || (once && status == "201"),
            "ETag",
            "The entity tag of the version, where there is one.",
            Type::String,
        );
        add(
            once && status == "201",
            "Location",
            "The path of what was made.",
            Type::String,
        );
        add(
            once && status == "201",
            "Idempotent-Replayed",
            "`true` on a repetition.",
            Type::String,
        );
        add(status == "429", "Retry-After", "In seconds.", Type::Integer);
    }
}

fn header(description: &str, of: Type) -> Header {
    let schema = ObjectBuilder::new().schema_type(of).build();
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
}
