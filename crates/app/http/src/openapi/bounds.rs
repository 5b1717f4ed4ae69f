//! What texts of requests may be, as patterns: as the domain has it, in the words of JSON Schema.

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, KnownFormat, Object, Schema, SchemaFormat, Type};
use utoipa::openapi::{OpenApi, RefOr};
use utoipa::{Modify, Number};

use super::responses::operations;

/// One line with something in it (`tenon_kernel::line`).
const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

/// Lines (`tenon_kernel::paragraph`).
const PARAGRAPH: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

/// 32 and 64 bytes in base64, written in the one canonical way.
const KEY: &str = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$";
const SIGNATURE: &str = "^[A-Za-z0-9+/]{85}[AQgw]==$";

/// Any bytes in base64, written in the one canonical way.
const BASE64: &str = "^([A-Za-z0-9+/]{4})*\
    ([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$";

/// What clients may say; the rest is Tenon's own or the library's (`tenon_rooms::EventName`).
const EVENT: &str = "^(?!(asset|site|unit|member|organization|session|graph)\\.|tenon:\
    |(connect|connect_error|disconnect|disconnecting|newListener|removeListener)$)[A-Za-z0-9._:-]+$";

/// By property, whatever the request.
#[rustfmt::skip]
static PATTERNS: &[(&str, &str)] = &[
    ("changeTypes", "^(created|updated|deleted)$"),
    ("content", BASE64),
    ("currency", "^[A-Z]{3}$"),
    ("description", PARAGRAPH),
    ("event", EVENT),
    ("identityKey", KEY),
    ("key", KEY),
    ("kind", "^[a-z0-9.-]+$"),
    ("policy", "^(keep|days|acknowledged)$"),
    ("publicKey", KEY),
    ("resource", r"^(?!/)(?!.*://)[^\s\u0000-\u001f\u007f-\u009f]+$"),
    ("signature", SIGNATURE),
    ("tags", LINE),
];

/// Gives the texts of bodies that refuse unknown fields, which are those of requests, their patterns.
pub(super) struct Bounds;

impl Modify for Bounds {
    fn modify(&self, document: &mut OpenApi) {
        let Some(components) = &mut document.components else {
            return;
        };
        for item in document.paths.paths.values_mut() {
            let parameters = operations(item).flat_map(|operation| operation.parameters.iter_mut().flatten());
            parameters.for_each(bound_parameter);
        }
        for schema in components.schemas.values_mut() {
            if let RefOr::T(Schema::Object(object)) = schema
                && let Some(AdditionalProperties::FreeForm(false)) = object.additional_properties.as_deref()
            {
                let properties = object.properties.iter_mut();
                properties.for_each(|(name, property)| bound(name, property));
            }
        }
    }
}

/// Those of listings are cursors, texts of assets and addresses of people.
fn bound_parameter(parameter: &mut RefOr<Parameter>) {
    if let RefOr::T(parameter) = parameter
        && parameter.parameter_in == ParameterIn::Query
        && matches!(parameter.name.as_str(), "category" | "tag" | "email" | "cursor")
        && let Some(RefOr::T(Schema::Object(text))) = &mut parameter.schema
    {
        bound_text(&parameter.name, text);
    }
}

fn bound(name: &str, property: &mut RefOr<Schema>) {
    match property {
        RefOr::T(Schema::Object(object)) => bound_text(name, object),
        RefOr::T(Schema::Array(array)) => {
            array.unique_items = name == "tags";
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                bound(name, items);
            }
        }
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

fn bound_text(name: &str, text: &mut Object) {
    let plain = text.pattern.is_none() && text.enum_values.is_none() && text.format.is_none();
    if !plain || !is_text(text) {
        return;
    }
    if name == "cursor" {
        text.pattern = Some("^[A-Za-z0-9_-]*$".to_owned());
        text.max_length = Some(1368);
        return;
    }
    if name == "email" {
        text.format = Some(SchemaFormat::KnownFormat(KnownFormat::Email));
        text.max_length = Some(254);
        return;
    }
    let known = PATTERNS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, pattern)| *pattern);
    // Whatever is to have a character is a line: names, titles.
    let pattern = known.or_else(|| (text.min_length == Some(1)).then_some(LINE));
    text.pattern = pattern.map(str::to_owned);
    if name == "tags" {
        (text.min_length, text.max_length) = (Some(1), Some(50));
    }
}

fn is_text(object: &Object) -> bool {
    serde_json::to_value(&object.schema_type).is_ok_and(|kind| kind.to_string().contains("\"string\""))
}

/// An id or a number in a path.
pub(super) fn of_path(name: &str) -> (Option<Object>, String) {
    let text = |pattern: &str| {
        let mut object = Object::with_type(Type::String);
        object.pattern = Some(pattern.to_owned());
        object
    };
    match name {
        "room" => (
            Some(text("^(user:ID|org:ID(:(site|unit):ID)?)$".replace("ID", ID).as_str())),
            "`org:{id}`, `org:{id}:site:{id}`, `org:{id}:unit:{id}` or `user:{id}`.".to_owned(),
        ),
        "queue" => {
            let names = tenon_jobs::QueueName::ALL.map(tenon_jobs::QueueName::as_str);
            (
                Some(text(&format!("^({})$", names.join("|")))),
                format!("One of `{}`.", names.join("`, `")),
            )
        }
        "device" => {
            let mut object = Object::with_type(Type::Integer);
            object.minimum = Some(Number::Int(0));
            object.maximum = Some(Number::Int(2_147_483_647));
            object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int32));
            (Some(object), "The number of the device.".to_owned())
        }
        name => (None, format!("The id of the {name}.")),
    }
}

const ID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
