//! What is in a batch. Microsoft adds fields and values without notice, so all that is not understood is passed over.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
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

/// The body is not a batch of notifications, or has too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a JSON object with a list `value` of at most 10,000 notifications")]
pub struct MalformedBatch;

/// The most items of a batch: Graph sends a thousand.
const MOST: usize = 10_000;

/// A batch whose items are not read yet.
struct Shallow<'a> {
    items: Vec<&'a RawValue>,
    tokens: Option<&'a RawValue>,
}

impl<'a> Shallow<'a> {
    fn read(body: &'a [u8]) -> Result<Self, MalformedBatch> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let batch = reader.deserialize_map(Fields).map_err(|_| MalformedBatch)?;
        reader.end().map_err(|_| MalformedBatch)?;
        Ok(batch)
    }
}

struct Fields;

impl<'a> Visitor<'a> for Fields {
    type Value = Shallow<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch of notifications")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Shallow<'a>, M::Error> {
        let (mut items, mut tokens) = (None, None);
        while let Some(name) = map.next_key::<Cow<'a, str>>()? {
            if items.is_none() && name.eq_ignore_ascii_case("value") {
                items = Some(map.next_value_seed(Items)?);
            } else if tokens.is_none() && name.eq_ignore_ascii_case("validationTokens") {
                tokens = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let items = items.ok_or_else(|| M::Error::missing_field("value"))?;
        Ok(Shallow { items, tokens })
    }
}

struct Items;

impl<'a> DeserializeSeed<'a> for Items {
    type Value = Vec<&'a RawValue>;

    fn deserialize<D: Deserializer<'a>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Items {
    type Value = Vec<&'a RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST} notifications")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            if items.len() == MOST {
                return Err(S::Error::invalid_length(MOST + 1, &self));
            }
            items.push(item);
        }
        Ok(items)
    }
}

/// Whether the body is JSON and has a list of notifications, whatever is in them. Takes time in proportion to the body, and a pointer
/// for each notification.
pub fn is_batch(body: &[u8]) -> bool {
    Shallow::read(body).is_ok()
}

/// Reads a batch. Names of fields and values of enumerations are taken in any case; what is no notification is one without a
/// subscription.
///
/// # Errors
///
/// [`MalformedBatch`].
pub fn read(body: &[u8]) -> Result<Posted, MalformedBatch> {
    let Shallow { items, tokens } = Shallow::read(body)?;
    let parse = |text: &RawValue| serde_json::from_str(text.get()).unwrap_or(Value::Null);
    let tokens = match tokens.map(parse) {
        Some(Value::Array(tokens)) => tokens.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let items = items.into_iter().map(|text| item(&parse(text))).collect();
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
        subscription: text(fields, "subscriptionId")
            .filter(|id| is_name(id))
            .unwrap_or_default(),
        client_state: text(fields, "clientState").unwrap_or_default(),
        change: lifecycle.unwrap_or_else(change),
        resource: text(fields, "resource").unwrap_or_default(),
        etag: text(data, "@odata.etag").or_else(|| text(data, "changeKey")),
        resource_id: text(data, "id"),
        tenant: text(fields, "tenantId").unwrap_or_default(),
        content: field(fields, "encryptedContent").and_then(content),
    }
}

/// Whether it can be an id at all: what is longer, or has NUL in it, which Postgres does not take, is nobody's.
fn is_name(id: &str) -> bool {
    id.len() <= 200 && !id.contains(char::is_control)
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

fn content(value: &Value) -> Option<EncryptedContent> {
    let fields = value.as_object()?;
    let text = |name| text(fields, name).unwrap_or_default();
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
    fn one_item_that_cannot_be_read_spoils_no_other() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for odd in [
            "{\"x\": \"\\ud800\"}",
            "1e999",
            &deep,
            "{\"subscriptionId\": \"a\\u0000b\"}",
        ] {
            let body = format!("{{\"value\": [{{\"subscriptionId\": \"s\"}}, {odd}], \"value\": 1}}");
            assert!(is_batch(body.as_bytes()), "{odd}");
            let names: Vec<_> = read(body.as_bytes())
                .unwrap()
                .items
                .into_iter()
                .map(|item| item.subscription)
                .collect();
            assert_eq!(names, ["s", ""]);
        }
    }

    #[test]
    fn a_batch_of_more_than_ten_thousand_is_none() {
        let batch = |count: usize| format!("{{\"value\": [{}]}}", vec!["1"; count].join(","));
        assert!(is_batch(batch(10_000).as_bytes()));
        assert!(!is_batch(batch(10_001).as_bytes()));
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
