//! What stands in examples where a schema has no example of its own.

use serde_json::{Value, json};

/// When everything in the examples happened, in microseconds since 1970.
pub(super) const MOMENT: i64 = 1_795_663_337_187_204;

/// A key of 32 bytes in base64 that X25519 takes.
const KEY: &str = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

/// A signature of 64 bytes in base64.
const SIGNATURE: &str = "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKMXnjqcbhERZXRkmBBfCwFD2+t6SAjVNZfxAQ==";

/// A hash of 32 bytes.
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// An access token, shortened.
const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk4YzBkZSJ9.9z2wZ0mTq4o1cV8yX5uD3e7kRbN6pLsA0jHfGtIiQxM";

/// An opaque token.
const OPAQUE: &str = "q3V8Zk1nT0xwYjJ5c0d4aUF3Q2ZKZUhtUnVOdEtvTGE";

/// By property, of one schema (`Schema.property`) or of all that have none of their own.
#[rustfmt::skip]
static TEXTS: &[(&str, &str)] = &[
    ("AboutView.role", "member"),
    ("AuditSubjectView.id", "0198c0de-0000-7000-8000-00000000c0de"),
    ("ApiKeyView.name", "Warehouse"),
    ("IssuedKeyView.key", "tenon_Zk3vQ1T0xwYjJ5c0d4aUF3Q2ZKZUhtUnVOdEtvTGExMg"),
    ("JobView.error", "microsoft graph: 503 Service Unavailable"),
    ("JobView.key", "subscription 0198c0de-0000-7000-8000-00000000c0de"),
    ("KeyLogLineView.hash", HASH),
    ("KeyLogLineView.keys", KEY),
    ("KeyLogLineView.previous", HASH),
    ("MessageView.kind", "simple"),
    ("NewMessage.kind", "simple"),
    ("NodeView.error", "connection refused"),
    ("OrganizationView.name", "Ada's plant"),
    ("OwnDeviceView.name", "Work laptop"),
    ("Register.organization", "Ada's plant"),
    ("SessionView.name", "Work laptop"),
    ("CredentialView.name", "Mail of the plant"),
    ("accessToken", TOKEN),
    ("action", "session.created"),
    ("address", "203.0.113.9"),
    ("category", "general"),
    ("changeTypes", "updated"),
    ("content", "AQAAAAEAAAABc2VhbGVk"),
    ("currency", "EUR"),
    ("currentPassword", "correct horse battery staple"),
    ("description", "Feeds the cooling of hall 2."),
    ("detail", "You see no such asset in this organization."),
    ("displayName", "Ada Lovelace"),
    ("email", "ada@example.com"),
    ("epoch", "9f3b0c5e7a1d4c2f8e6b0a9d3c5f7e1b"),
    ("event", "door.opened"),
    ("hash", HASH),
    ("identityKey", KEY),
    ("key", KEY),
    ("kind", "user"),
    ("message", "At most 200 characters."),
    ("name", "North plant"),
    ("newPassword", "another horse battery staple"),
    ("nextCursor", "AZjA3gAAcACAAAAAAAAAAA.kq3Vd0Zp"),
    ("password", "correct horse battery staple"),
    ("payload", "{\"batch\":\"0198c0de-0000-7000-8000-00000000c0de\"}"),
    ("policy", "days"),
    ("problem", "Graph answered 403 Forbidden."),
    ("publicKey", KEY),
    ("queue", "graph"),
    ("rateLimits", "shared"),
    ("reason", "unknown_subscription"),
    ("receipt", "delivered"),
    ("refreshToken", OPAQUE),
    ("remoteId", "7f105c7d-2dc5-4530-97cd-4e7ae6534c07"),
    ("resource", "users/ada@example.com/messages"),
    ("room", "org:0198c0de-0000-7000-8000-000000000000"),
    ("signature", SIGNATURE),
    ("tags", "pump"),
    ("ticket", OPAQUE),
    ("title", "Main pump"),
    ("token", OPAQUE),
    ("userAgent", "Mozilla/5.0 (X11; Linux x86_64)"),
    ("version", "1.0.0"),
];

/// What stands for a property of a schema, if it is text.
pub(super) fn text(schema: &str, property: &str) -> Option<&'static str> {
    let whole = format!("{schema}.{property}");
    let find = |name: &str| TEXTS.iter().find(|(known, _)| *known == name);
    find(&whole).or_else(|| find(property)).map(|(_, text)| *text)
}

/// Examples of whole schemas: where parts exclude one another, or belong to one another.
pub(super) fn whole(schema: &str) -> Option<Value> {
    Some(match schema {
        "CredentialValues" => json!({ "value": "s3cr3t of the weighbridge" }),
        "GraphPost" => json!({ "value": [{
            "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
            "clientState": OPAQUE,
            "changeType": "created",
            "resource": "users/ada@example.com/messages/AAMkADk0",
            "subscriptionExpirationDateTime": "2026-11-29T03:22:17Z",
            "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
        }] }),
        "RetentionBody" => json!({ "policy": "days", "days": 30 }),
        _ => return None,
    })
}

/// The id that stands for a property.
pub(super) fn id(property: &str) -> &'static str {
    match property {
        "organization" | "organizationId" => "0198c0de-0000-7000-8000-000000000000",
        "user" | "userId" | "ownerId" | "by" | "from" | "createdBy" => "0198c0de-0000-7000-8000-00000000ada0",
        "to" | "invitedBy" => "0198c0de-0000-7000-8000-00000000bea0",
        "site" | "siteId" => "0198c0de-0000-7000-8000-000000005170",
        "unit" | "unitId" => "0198c0de-0000-7000-8000-000000000417",
        "requestId" => "0198c0de-0000-7000-8000-0000000f00d5",
        _ => "0198c0de-0000-7000-8000-00000000c0de",
    }
}
