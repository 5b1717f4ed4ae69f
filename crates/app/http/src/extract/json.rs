//! Reads JSON and forms, and says in the client's terms what is wrong with them.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tenon_kernel::Invalid;

use crate::error::{ApiError, FieldError, MALFORMED_JSON, UNKNOWN_FIELD};

/// Reads one JSON object.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let start = bytes.trim_ascii_start();
    if start.is_empty() {
        return Err(ApiError::new(&MALFORMED_JSON).detail("The body is empty; a JSON object was expected."));
    }
    // Serde would take an array for a struct.
    if !start.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        return Err(ApiError::field(
            "",
            Invalid::new("invalid_type", "Must be a JSON object."),
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => refused::<T>(bytes, &error),
        Category::Syntax | Category::Eof | Category::Io => {
            let (message, line, column) = (plain(&error), error.line(), error.column());
            let detail = format!("Not JSON at line {line}, column {column}: {message}.");
            ApiError::new(&MALFORMED_JSON).detail(detail)
        }
    })
}

/// Reads a form.
pub(super) fn read_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_html_form::from_bytes(bytes).map_err(|error| {
        let message = error.to_string();
        explain(&message, quoted(&message).unwrap_or_default().to_owned())
    })
}

/// The path of the field is worth a second reading only when there is something to say about it.
fn refused<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> ApiError {
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    let path = match serde_path_to_error::deserialize::<_, T>(deserializer) {
        Ok(_) => String::new(),
        Err(error) => error.path().to_string(),
    };
    let message = plain(error);
    let path = if path == "." { String::new() } else { path };
    let inside = quoted(&message).filter(|name| !path.ends_with(name));
    let path = match (message.starts_with("invalid"), inside) {
        (false, Some(name)) if path.is_empty() => name.to_owned(),
        (false, Some(name)) => format!("{path}.{name}"),
        (true, _) | (false, None) => path,
    };
    explain(&message, path)
}

fn explain(message: &str, field: String) -> ApiError {
    if message.starts_with("unknown field") {
        let detail = format!("There is no field `{field}`.");
        let invalid = Invalid::new("unknown_field", "Does not exist.");
        return ApiError::new(&UNKNOWN_FIELD)
            .detail(detail)
            .with_fields(vec![FieldError::new(field, invalid)]);
    }
    let invalid = if message.starts_with("missing field") {
        Invalid::new("required", "Must be there.")
    } else if message.starts_with("duplicate field") {
        Invalid::new("duplicate", "Must be there once.")
    } else if let Some((found, expected)) = message.split_once(", expected ") {
        let found = found
            .trim_start_matches("invalid type: ")
            .trim_start_matches("invalid value: ");
        Invalid::new("invalid_type", format!("Must be {expected}, not {found}."))
    } else {
        Invalid::new("invalid_type", format!("{message}."))
    };
    ApiError::invalid(vec![FieldError::new(field, invalid)])
}

/// Serde's message without the place, which is told apart.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}
