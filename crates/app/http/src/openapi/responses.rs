use utoipa::Modify;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response};

use super::codes;
use super::failures::{self, PROBLEM};
use crate::error::KINDS;
use crate::middleware::Class;
use crate::routes::TABLE;

/// Adds to each operation the responses that follow from what it takes, and gives every failure its schema and its
/// examples.
pub(super) struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let class = class(path);
            for operation in operations(item) {
                complete(operation, path, class);
            }
        }
        let components = document.components.get_or_insert_default();
        components.examples.extend(failures::examples());
    }
}

/// How requests to a path are counted.
pub(super) fn class(path: &str) -> Class {
    let route = TABLE.iter().find(|route| route.template == path);
    route.map_or(Class::Api, |route| route.class)
}

/// What can be done at a path.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    all.into_iter().flatten()
}

fn complete(operation: &mut Operation, path: &str, class: Class) {
    if codes::named(operation, "If-None-Match") {
        let unchanged = Response::new("The client has the current version.");
        let responses = &mut operation.responses.responses;
        responses.entry("304".to_owned()).or_insert_with(|| RefOr::T(unchanged));
    }
    for code in codes::of(operation, path, class) {
        fail(operation, code);
    }
    let once = codes::named(operation, "Idempotency-Key");
    let versioned = codes::named(operation, "If-Match") || codes::named(operation, "If-None-Match");
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if status.as_str() >= "400" {
            explain(response);
        }
        tell_headers(status, response, versioned, once);
    }
}

/// Adds a way to fail; what is no kind of failure here is passed over.
fn fail(operation: &mut Operation, code: &str) {
    let Some(kind) = KINDS.iter().find(|kind| kind.code == code) else {
        return;
    };
    let responses = &mut operation.responses.responses;
    let response = responses
        .entry(kind.status().as_u16().to_string())
        .or_insert_with(|| RefOr::T(Response::new("")));
    let RefOr::T(response) = response else { return };
    let quoted = format!("`{code}`");
    if !response.description.contains(&quoted) {
        let separator = if response.description.is_empty() { "" } else { ", " };
        response.description.push_str(separator);
        response.description.push_str(&quoted);
    }
}

/// Gives a failure its schema, and an example of each code that its description names.
fn explain(response: &mut Response) {
    let codes = failures::named(&response.description);
    if codes.is_empty() {
        return;
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let mut content = content.build();
    content.examples.extend(codes.into_iter().map(failures::reference));
    response.content.insert(PROBLEM.to_owned(), content.into());
}

fn tell_headers(status: &str, response: &mut Response, versioned: bool, once: bool) {
    let made = once && status == "201";
    let shown = versioned && matches!(status, "200" | "304" | "412");
    let entity_tag = "The entity tag of the version, where there is one.";
    let all = [
        (shown || made, "ETag", entity_tag, Type::String),
        (made, "Location", "The path of what was made.", Type::String),
        (made, "Idempotent-Replayed", "`true` on a repetition.", Type::String),
        (status == "401", "WWW-Authenticate", "`Bearer`.", Type::String),
        (status == "429", "Retry-After", "In seconds.", Type::Integer),
    ];
    for (applies, name, description, of) in all {
        if applies {
            response.headers.insert(name.to_owned(), header(description, of).into());
        }
    }
}

fn header(description: &str, of: Type) -> Header {
    let schema = ObjectBuilder::new().schema_type(of).build();
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(description))
        .build()
}
