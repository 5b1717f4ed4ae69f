//! What is in a batch. Microsoft adds fields and values without notice, so all that is not understood is passed over.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tenon_kernel::GraphChange;

use crate::EncryptedContent;

/// A batch, read.
#[derive(Debug, Default)]
pub struct Posted {
    pub items: Vec<Item>,
    /// The tokens that vouch for the items with resource data.
    pub tokens: Vec<String>,
}

/// One notification, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Graph's id of the notification, where there is one.
    pub id: Option<String>,
    /// Graph's id of the subscription; empty when it was missing.
    pub subscription: String,
    pub client_state: String,
    pub change: GraphChange,
    pub resource: String,
    /// `@odata.etag`, or the change key of the resource.
    pub etag: Option<String>,
    /// The resource's own id.
    pub resource_id: Option<String>,
    /// The directory.
    pub tenant: String,
    pub content: Option<EncryptedContent>,
}

/// The body is not a batch of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a JSON object with a list `value`")]
pub struct MalformedBatch;

/// Whether the body is JSON and has a list of notifications, whatever is in them.
pub fn is_batch(body: &[u8]) -> bool {
    let Ok(fields) = serde_json::from_slice::<HashMap<String, &RawValue>>(body) else {
        return false;
    };
    let value = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("value"));
    value.is_some_and(|(_, value)| value.get().starts_with('['))
}

/// Reads a batch. Names of fields and values of enumerations are taken in any case.
///
/// # Errors
///
/// [`MalformedBatch`].
pub fn read(body: &[u8]) -> Result<Posted, MalformedBatch> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err(MalformedBatch);
    };
    let Some(Value::Array(items)) = field(&fields, "value") else {
        return Err(MalformedBatch);
    };
    let tokens = match field(&fields, "validationTokens") {
        Some(Value::Array(tokens)) => tokens.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let items = items.iter().map(item).collect();
    Ok(Posted { items, tokens })
}

fn item(value: &Value) -> Item {
    let nothing = Map::new();
    let fields = value.as_object().unwrap_or(&nothing);
    let data = field(fields, "resourceData")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let lifecycle = text(fields, "lifecycleEvent").map(|event| lifecycle(&event));
    let change = || text(fields, "changeType").map_or(GraphChange::Other, |change| changed(&change));
    Item {
        id: text(fields, "id"),
        subscription: text(fields, "subscriptionId").unwrap_or_default(),
        client_state: text(fields, "clientState").unwrap_or_default(),
        change: lifecycle.unwrap_or_else(change),
        resource: text(fields, "resource").unwrap_or_default(),
        etag: text(data, "@odata.etag").or_else(|| text(data, "changeKey")),
        resource_id: text(data, "id"),
        tenant: text(fields, "tenantId").unwrap_or_default(),
        content: field(fields, "encryptedContent").and_then(content),
    }
}

fn changed(text: &str) -> GraphChange {
    match text.to_ascii_lowercase().as_str() {
        "created" => GraphChange::Created,
        "updated" => GraphChange::Updated,
        "deleted" => GraphChange::Deleted,
        _ => GraphChange::Other,
    }
}

fn lifecycle(text: &str) -> GraphChange {
    match text.to_ascii_lowercase().as_str() {
        "reauthorizationrequired" => GraphChange::Reauthorize,
        "subscriptionremoved" => GraphChange::Removed,
        "missed" => GraphChange::Missed,
        _ => GraphChange::Other,
    }
}

#[derive(Deserialize)]
struct Content(HashMap<String, Value>);

fn content(value: &Value) -> Option<EncryptedContent> {
    let Content(fields) = Content::deserialize(value).ok()?;
    let fields: Map<String, Value> = fields.into_iter().collect();
    let text = |name| text(&fields, name).unwrap_or_default();
    Some(EncryptedContent {
        data: text("data"),
        data_signature: text("dataSignature"),
        data_key: text("dataKey"),
        certificate_id: text("encryptionCertificateId"),
        certificate_thumbprint: text("encryptionCertificateThumbprint"),
    })
}

fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let exact = fields.get(name);
    exact.or_else(|| Some(fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1))
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    field(fields, name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_read_whatever_the_case_and_with_fields_that_nobody_knows() {
        let body = br#"{"Value": [
            {"id": "n1", "SubscriptionID": "s1", "clientState": "c", "changeType": "Updated", "resource": "users/1",
             "tenantId": "t", "resourceData": {"@odata.etag": "W/\"1\"", "id": "1", "new": {}}, "future": [1]},
            {"subscriptionId": "s1", "lifecycleEvent": "Missed", "clientState": "c"},
            {"subscriptionId": "s2", "changeType": "undeleted", "resourceData": {"changeKey": "k"}},
            7],
            "validationtokens": ["a", 1, "b"], "more": true}"#;
        assert!(is_batch(body));
        let posted = read(body).unwrap();
        assert_eq!(posted.tokens, ["a", "b"]);
        let changes: Vec<_> = posted.items.iter().map(|item| item.change).collect();
        use GraphChange::{Missed, Other, Updated};
        assert_eq!(changes, [Updated, Missed, Other, Other]);
        assert_eq!(posted.items[0].etag.as_deref(), Some("W/\"1\""));
        assert_eq!(posted.items[0].subscription, "s1");
        assert_eq!(posted.items[2].etag.as_deref(), Some("k"));
        assert_eq!(posted.items[3].subscription, "");
    }

    #[test]
    fn what_is_not_a_list_of_notifications_is_no_batch() {
        for body in ["", "x", "[]", "{}", r#"{"value": 1}"#, r#"{"value": []"#, r#""value""#] {
            assert!(!is_batch(body.as_bytes()), "{body}");
            assert_eq!(read(body.as_bytes()).err(), Some(MalformedBatch), "{body}");
        }
        assert!(is_batch(br#"{"value":[]}"#));
    }
}
