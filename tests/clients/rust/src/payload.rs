//! What events carry. Bytes are `{"base64": text}` in JSON; a payload of this client's is either JSON or bytes.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rust_socketio::Payload;
use serde_json::{Value, json};

pub fn read(arguments: &Value) -> Result<Payload, base64::DecodeError> {
    let arguments = arguments.as_array().cloned().unwrap_or_default();
    match arguments.first().and_then(|first| first["base64"].as_str()) {
        Some(text) => Ok(Payload::from(BASE64_STANDARD.decode(text)?)),
        None => Ok(Payload::Text(arguments)),
    }
}

pub fn written(payload: Payload) -> Value {
    match payload {
        Payload::Binary(bytes) => json!([{ "base64": BASE64_STANDARD.encode(bytes) }]),
        Payload::Text(values) => Value::Array(values),
        _ => Value::Null,
    }
}
