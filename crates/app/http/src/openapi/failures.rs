//! An example of every kind of failure, as the server writes it.

use serde_json::Value;
use tenon_kernel::{Invalid, Timestamp};
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::{Ref, RefOr};

use super::words;
use crate::error::{ApiError, FieldError, KINDS, Kind};
use crate::problem::{Failed, Problem};

pub(super) const PROBLEM: &str = "application/problem+json";

/// The codes that a description names, in its order.
pub(super) fn named(description: &str) -> Vec<&'static str> {
    let known = |word| KINDS.iter().map(|kind| kind.code).find(|code| *code == word);
    description.split('`').filter_map(known).collect()
}

/// The example of a code, where it is kept.
pub(super) fn reference(code: &'static str) -> (String, RefOr<Example>) {
    let place = Ref::new(format!("#/components/examples/{code}"));
    (code.to_owned(), RefOr::Ref(place))
}

/// An example of each kind of failure, by its code.
pub(super) fn examples() -> impl Iterator<Item = (String, RefOr<Example>)> {
    KINDS.iter().map(|kind| {
        let example = ExampleBuilder::new().summary(kind.title).value(Some(example(kind)));
        (kind.code.to_owned(), RefOr::T(example.build()))
    })
}

fn example(kind: &'static Kind) -> Value {
    let fields = match kind.code {
        "validation_failed" => vec![field("title", "too_long", "At most 200 characters.")],
        "invalid_parameter" => vec![field("limit", "out_of_range", "Must be between 1 and 100.")],
        "unknown_field" => vec![field("titel", "unknown_field", "Does not exist.")],
        "unknown_parameter" => vec![field("sorted", "unknown_parameter", "Does not exist.")],
        _ => Vec::new(),
    };
    let error = ApiError::new(kind).with_fields(fields);
    let failed = Failed {
        path: "/api/assets/0198c0de-0000-7000-8000-000000000000",
        request_id: words::id("requestId"),
        at: Timestamp::from_micros(words::MOMENT),
        reveal: false,
    };
    serde_json::to_value(Problem::of(&error, &failed)).unwrap_or_default()
}

fn field(field: &'static str, code: &'static str, message: &'static str) -> FieldError {
    FieldError::new(field, Invalid::new(code, message))
}
