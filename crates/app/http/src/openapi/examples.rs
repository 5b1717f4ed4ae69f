//! An example of every body, made of its schema.

use serde_json::{Map, Value, json};
use utoipa::Modify;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Content, OpenApi, RefOr, Schema};

use super::responses::operations;
use super::{bounds, words};

/// Text that no word was found for; a test holds that it is nowhere.
pub(super) const NO_WORD: &str = "(no word)";

/// Far deeper than any schema is.
const DEEPEST: usize = 16;

/// Gives every body an example, and every part of a path.
pub(super) struct Examples;

impl Modify for Examples {
    fn modify(&self, document: &mut OpenApi) {
        let Ok(whole) = serde_json::to_value(&*document) else {
            return;
        };
        let schemas = Schemas(whole.pointer("/components/schemas").unwrap_or(&Value::Null));
        for item in document.paths.paths.values_mut() {
            for operation in operations(item) {
                schemas.show(operation);
            }
        }
    }
}

struct Schemas<'a>(&'a Value);

impl Schemas<'_> {
    fn show(&self, operation: &mut Operation) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                self.show_parameter(parameter);
            }
        }
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            body.content.values_mut().for_each(|content| self.show_content(content));
        }
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                let contents = response.content.values_mut();
                contents.for_each(|content| self.show_content(content));
            }
        }
    }

    /// Says of a part of the path what it may be.
    fn show_parameter(&self, parameter: &mut Parameter) {
        if parameter.parameter_in != ParameterIn::Path {
            return;
        }
        let (schema, description) = bounds::of_path(&parameter.name);
        if let Some(schema) = schema {
            parameter.schema = Some(schema.into());
        }
        parameter.description = Some(description);
        let example = as_value(parameter.schema.as_ref()).map(|schema| self.of(&schema, "", &parameter.name, 0));
        *parameter = ParameterBuilder::from(std::mem::take(parameter))
            .example(example)
            .build();
    }

    fn show_content(&self, content: &mut RefOr<Content>) {
        let RefOr::T(content) = content else { return };
        if content.example.is_some() || !content.examples.is_empty() {
            return;
        }
        let schema = as_value(content.schema.as_ref());
        content.example = schema.map(|schema| self.of(&schema, "", "", 0));
    }

    /// An example of what is a `property` of the schema `owner`.
    fn of(&self, schema: &Value, owner: &str, property: &str, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(example) = given(schema) {
            return example;
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
            let words = words::whole(name);
            return words.unwrap_or_else(|| self.of(&self.0[name], name, property, depth + 1));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.of(part, owner, property, depth + 1));
            return merged(parts);
        }
        let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        if let Some(choice) = choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null")) {
            return self.of(choice, owner, property, depth + 1);
        }
        match kind(schema) {
            Some("object") => self.object(schema, owner, depth),
            Some("array") => Value::Array(vec![self.of(&schema["items"], owner, property, depth + 1)]),
            Some("string") => json!(text(schema, owner, property)),
            Some("integer") => schema
                .get("minimum")
                .cloned()
                .filter(|least| *least != 0)
                .unwrap_or(json!(1)),
            Some("number") => json!(1.25),
            Some("boolean") => json!(false),
            Some(_) => Value::Null,
            None => json!({ "door": 7 }),
        }
    }

    fn object(&self, schema: &Value, owner: &str, depth: usize) -> Value {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            object.insert(name.clone(), self.of(property, owner, name, depth + 1));
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            object.insert("graph".to_owned(), self.of(values, owner, "", depth + 1));
        }
        Value::Object(object)
    }
}

fn as_value(schema: Option<&RefOr<Schema>>) -> Option<Value> {
    serde_json::to_value(schema?).ok()
}

/// What the schema says itself.
fn given(schema: &Value) -> Option<Value> {
    let first = |name: &str| schema.get(name)?.as_array()?.first().cloned();
    let own = schema.get("example").cloned().or_else(|| first("examples"));
    own.or_else(|| schema.get("const").cloned())
        .or_else(|| first("enum"))
        .or_else(|| schema.get("default").cloned())
}

/// The type, of several the first that is not `null`.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

fn text<'a>(schema: &Value, owner: &str, property: &str) -> &'a str {
    // Schemas of pages are copies of the schema of their items.
    let owner = owner.trim_start_matches("PageView_");
    match schema["format"].as_str() {
        Some("uuid") => words::id(property),
        Some("date-time") => "2026-11-26T03:22:17.187204Z",
        Some("date") => "2026-11-26",
        Some(_) | None => words::text(owner, property).unwrap_or(NO_WORD),
    }
}

/// All parts as one object.
fn merged(parts: impl Iterator<Item = Value>) -> Value {
    let mut whole = Map::new();
    for part in parts {
        if let Value::Object(part) = part {
            whole.extend(part);
        }
    }
    Value::Object(whole)
}
