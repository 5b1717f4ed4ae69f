//! Reads JSON, forms and queries, and says in the client's terms what is wrong with them.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use tenon_kernel::Invalid;

use crate::error::{ApiError, FieldError, INVALID_PARAMETER, MALFORMED_JSON, UNKNOWN_FIELD, UNKNOWN_PARAMETER};

/// How much of what the client sent is repeated in an answer, in characters.
const QUOTED: usize = 80;

/// Reads one JSON object.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let start = bytes.trim_ascii_start();
    if start.is_empty() {
        return Err(ApiError::new(&MALFORMED_JSON).detail("The body is empty; a JSON object was expected."));
    }
    // Serde would take an array for a struct.
    if !start.starts_with(b"{") {
        return Err(match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => ApiError::field("", Invalid::new("invalid_type", "Must be a JSON object.")),
            Err(error) => malformed(&error),
        });
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => {
            let mut again = serde_json::Deserializer::from_slice(bytes);
            Wrong::find(serde_path_to_error::deserialize::<_, T>(&mut again)).in_body()
        }
        Category::Syntax | Category::Eof | Category::Io => malformed(&error),
    })
}

fn malformed(error: &serde_json::Error) -> ApiError {
    let message = plain(&error.to_string());
    let detail = format!(
        "Not JSON at line {}, column {}: {message}.",
        error.line(),
        error.column()
    );
    ApiError::new(&MALFORMED_JSON).detail(detail)
}

/// Reads a form.
pub(crate) fn form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_html_form::from_bytes(bytes).map_err(|_| Wrong::in_form::<T>(bytes).in_body())
}

/// Reads a query.
pub(crate) fn query<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    serde_html_form::from_str(text).map_err(|_| Wrong::in_form::<T>(text.as_bytes()).in_query())
}

/// What Serde did not take. Found by reading once more: the path is worth it only now.
struct Wrong {
    field: String,
    message: String,
}

impl Wrong {
    fn in_form<T: DeserializeOwned>(bytes: &[u8]) -> Self {
        Self::find(serde_path_to_error::deserialize::<_, T>(
            serde_html_form::Deserializer::from_bytes(bytes),
        ))
    }

    fn find<T, E: std::fmt::Display>(read: Result<T, serde_path_to_error::Error<E>>) -> Self {
        let Err(error) = read else {
            return Self {
                field: String::new(),
                message: String::from("cannot be read"),
            };
        };
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let message = plain(&error.inner().to_string());
        let named = message.split('`').nth(1).filter(|_| message.contains(" field `"));
        let field = match named {
            Some(name) if path == name || path.ends_with(&format!(".{name}")) => path,
            Some(name) if path.is_empty() => name.to_owned(),
            Some(name) => format!("{path}.{name}"),
            None => path,
        };
        Self {
            field: short(&field),
            message,
        }
    }

    fn in_body(self) -> ApiError {
        if !self.message.starts_with("unknown field") {
            let invalid = self.invalid();
            return ApiError::invalid(vec![FieldError::new(self.field, invalid)]);
        }
        let error = ApiError::new(&UNKNOWN_FIELD).detail(format!("There is no field `{}`.", self.field));
        error.with_fields(vec![FieldError::new(
            self.field,
            Invalid::new("unknown_field", "Does not exist."),
        )])
    }

    fn in_query(self) -> ApiError {
        if !self.message.starts_with("unknown field") {
            let invalid = self.invalid();
            return ApiError::new(&INVALID_PARAMETER).with_fields(vec![FieldError::new(self.field, invalid)]);
        }
        let error = ApiError::new(&UNKNOWN_PARAMETER).detail(format!("There is no parameter `{}`.", self.field));
        error.with_fields(vec![FieldError::new(
            self.field,
            Invalid::new("unknown_parameter", "Does not exist."),
        )])
    }

    fn invalid(&self) -> Invalid {
        let message = self.message.as_str();
        if message.starts_with("missing field") {
            return Invalid::new("required", "Must be there.");
        }
        // The latter is what a form says of a second value.
        if message.starts_with("duplicate field") || message == "unsupported value" {
            return Invalid::new("duplicate", "Must be there once.");
        }
        let Some((found, expected)) = message.split_once(", expected ") else {
            return Invalid::new("invalid_type", format!("Cannot be read: {}.", short(message)));
        };
        let found = found
            .trim_start_matches("invalid type: ")
            .trim_start_matches("invalid value: ");
        let (found, expected) = (plainly(found), plainly(expected));
        Invalid::new("invalid_type", format!("Must be {expected}, not {}.", short(found)))
    }
}

/// Names in JSON's terms what Serde names in Rust's.
fn plainly(text: &str) -> &str {
    match text {
        "i64" => "a whole number",
        "a sequence" | "sequence" => "an array",
        "map" => "an object",
        text if text.starts_with("struct ") => "an object",
        text => text,
    }
}

/// Serde's message without the place, which is told apart.
fn plain(message: &str) -> String {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message)
        .to_owned()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
