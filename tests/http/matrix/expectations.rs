use serde_json::{Value, json};
use tenon_tests::app::{PASSWORD, address};
use tenon_tests::keys::{Owner, device_json, public_key};
use uuid::Uuid;

use super::scene::Scene;

/// What everybody gets of an operation: a status below 400, or the code of a problem.
pub struct Expected {
    pub operation: &'static str,
    /// Owner, admin, member, viewer.
    members: [&'static str; 4],
    stranger: &'static str,
    operator: &'static str,
    /// Whoever has no token; and whoever has a dead one.
    without: [&'static str; 2],
    /// Whoever holds an API key that was not made for it.
    beyond: &'static str,
    /// The scope of an API key that will do, and what its holder gets.
    key: Option<(&'static str, &'static str)>,
}

const DEAD: [&str; 2] = ["token_missing", "token_invalid"];
const OK: [&str; 4] = ["200"; 4];
const CREATED: [&str; 4] = ["201", "201", "201", "insufficient_role"];
const STALE: &str = "version_mismatch";
const ROLE: &str = "insufficient_role";
const ADMINS_READ: [&str; 4] = ["200", "200", ROLE, ROLE];
const ADMINS_EMIT: [&str; 4] = ["200", "200", ROLE, ROLE];
const ADMINS_ASK: [&str; 4] = ["202", "202", ROLE, ROLE];
const ADMINS_MISS_NOTIFICATIONS: [&str; 4] = [NO_NOTIFICATION, NO_NOTIFICATION, ROLE, ROLE];
const ADMINS_CREATE: [&str; 4] = ["201", "201", ROLE, ROLE];
const ADMINS_CHANGE: [&str; 4] = [STALE, STALE, ROLE, ROLE];
const NO_CONVERSATION: &str = "conversation_not_found";
const CORRESPONDENTS: [&str; 4] = ["200", "200", "200", NO_CONVERSATION];
const OWN_SESSION: &str = "session_not_found";
const NO_KEY: &str = "public_key_not_found";
const OTHERS_DEVICE: &str = "device_not_found";
const NO_USER: &str = "user_not_found";
const NO_SUBSCRIPTION: &str = "graph_subscription_not_found";
const NO_NOTIFICATION: &str = "notification_not_found";
const NO_CREDENTIAL: &str = "credential_not_found";
const OPERATORS: &str = "operator_required";
const NO_ORGANIZATION: &str = "organization_required";

const fn row(operation: &'static str, members: [&'static str; 4], stranger: &'static str) -> Expected {
    Expected {
        operation,
        members,
        stranger,
        operator: NO_ORGANIZATION,
        without: DEAD,
        beyond: "api_key_refused",
        key: None,
    }
}

/// A route of the tenant: for a stranger, the organization is not there.
const fn tenant(operation: &'static str, members: [&'static str; 4]) -> Expected {
    row(operation, members, "organization_not_found")
}

/// A route that asks for no token.
const fn open(operation: &'static str, outcome: &'static str) -> Expected {
    let members = [outcome; 4];
    Expected {
        operation,
        members,
        stranger: outcome,
        operator: outcome,
        without: [outcome; 2],
        beyond: outcome,
        key: None,
    }
}

impl Expected {
    const fn for_operator(mut self, outcome: &'static str) -> Self {
        self.operator = outcome;
        self
    }

    const fn for_key(mut self, scope: &'static str, outcome: &'static str) -> Self {
        self.beyond = "scope_missing";
        self.key = Some((scope, outcome));
        self
    }

    /// The scope of an API key that will do.
    pub fn scope(&self) -> Option<&'static str> {
        self.key.map(|(scope, _)| scope)
    }

    pub fn expects(&self, who: &str) -> &'static str {
        match who {
            "owner" => self.members[0],
            "admin" => self.members[1],
            "member" => self.members[2],
            "viewer" => self.members[3],
            "stranger" => self.stranger,
            "operator" => self.operator,
            "api key without scope" => self.beyond,
            "api key with scope" => self.key.map_or(self.beyond, |(_, outcome)| outcome),
            "anonymous" => self.without[0],
            _ => self.without[1],
        }
    }

    /// A body that the operation accepts.
    pub fn body(&self, scene: &Scene) -> Option<Value> {
        let (method, path) = self.operation.split_once(' ').unwrap();
        if ["GET", "DELETE"].contains(&method)
            || path.ends_with("/purge")
            || path.ends_with("/retry")
            || ["/api/auth/logout", "/api/ws/ticket"].contains(&path)
        {
            return None;
        }
        Some(match path {
            "/api/auth/register" => json!({ "email": address("new"), "password": PASSWORD, "displayName": "New" }),
            "/api/auth/login" => scene.sign_in_body(),
            "/api/auth/refresh" => json!({ "refreshToken": "no such token" }),
            "/api/auth/switch" => json!({ "organizationId": scene.company.org() }),
            "/api/auth/change-password" => json!({ "currentPassword": "wrong", "newPassword": "violet-harbor-43" }),
            "/api/auth/me" => json!({ "displayName": "Changed" }),
            "/api/invitations/accept" => json!({ "token": scene.invitation_token() }),
            "/api/orgs/{organization}/invitations" => json!({ "email": address("new"), "role": "viewer" }),
            "/api/users/me/public-key" => json!({ "publicKey": public_key().to_string() }),
            "/api/keys/claim" => json!({ "user": scene.company.member.id }),
            "/api/devices" => device_json(&Owner::default().device(0..2)),
            "/api/devices/{device}/prekeys" => json!({}),
            "/api/users/{user}" => json!({ "disabled": true }),
            "/api/orgs/{organization}/members/{user}" => json!({ "role": "viewer" }),
            "/api/messages" => {
                json!({ "clientId": Uuid::new_v4().to_string(), "to": scene.company.member.id, "content": "AAAA" })
            }
            "/api/messages/ack" | "/api/conversations/{user}/read" => json!({ "upTo": 0 }),
            "/api/users/me/message-settings" => json!({ "readReceipts": true }),
            "/api/orgs/{organization}/message-retention" => json!({ "policy": "keep" }),
            _ if path.ends_with("/events") => json!({ "event": "door.opened", "data": null }),
            "/api/orgs/{organization}/units" => json!({ "name": "Changed", "siteId": scene.site }),
            _ if path.starts_with("/api/credentials") => {
                json!({ "name": "Changed", "kind": "secret", "values": { "value": "changed" } })
            }
            "/webhooks/graph" => json!({ "value": [] }),
            "/api/graph/subscriptions" => {
                json!({ "credentialId": scene.asset, "resource": "users", "changeTypes": ["created"] })
            }
            "/api/orgs/{organization}/api-keys" => json!({ "name": "Changed", "scopes": ["assets:read"] }),
            _ if path.starts_with("/api/assets") => json!({ "title": "Changed" }),
            _ => json!({ "name": "Changed" }),
        })
    }
}

/// Every operation there is. Changes are asked for with a version that nothing has, so that whoever may make them is told
/// `version_mismatch`. The asset, the key and the device are the member's, to whom all but the viewer have written; the session
/// is the owner's, the invitation somebody else's.
#[rustfmt::skip]
pub static TABLE: &[Expected] = &[
    open("GET /api/health", "200"),
    open("GET /api/health/live", "200"),
    open("GET /api/health/ready", "200"),
    open("GET /api/openapi.json", "200"),
    open("GET /api/setup", "200"),
    open("GET /metrics", "200"),
    open("POST /api/auth/register", "201"),
    open("POST /api/auth/login", "200"),
    open("POST /api/auth/refresh", "refresh_token_invalid"),

    row("POST /api/auth/logout", ["204"; 4], "204").for_operator("204"),
    row("POST /api/auth/switch", OK, "organization_not_found"),
    row("POST /api/auth/change-password", ["wrong_password"; 4], "wrong_password"),
    row("GET /api/auth/me", OK, "200"),
    row("PATCH /api/auth/me", [STALE; 4], STALE),
    row("GET /api/auth/sessions", OK, "200"),
    row("DELETE /api/auth/sessions", ["204"; 4], "204"),
    row("GET /api/auth/sessions/{session}", ["200", OWN_SESSION, OWN_SESSION, OWN_SESSION], OWN_SESSION),
    row("PATCH /api/auth/sessions/{session}", [STALE, OWN_SESSION, OWN_SESSION, OWN_SESSION], OWN_SESSION),
    row("DELETE /api/auth/sessions/{session}", ["204", OWN_SESSION, OWN_SESSION, OWN_SESSION], OWN_SESSION),

    row("GET /api/ws", ["upgrade_required"; 4], "upgrade_required"),
    row("POST /api/ws/ticket", OK, "200"),

    row("GET /api/users", [OPERATORS; 4], OPERATORS).for_operator("200"),
    row("GET /api/users/{user}", [OPERATORS; 4], OPERATORS).for_operator("200"),
    row("PATCH /api/users/{user}", [OPERATORS; 4], OPERATORS).for_operator(STALE),

    row("GET /api/cluster", [OPERATORS; 4], OPERATORS).for_operator("200"),
    row("GET /api/queues", [OPERATORS; 4], OPERATORS).for_operator("200"),
    row("GET /api/queues/{queue}/jobs", [OPERATORS; 4], OPERATORS).for_operator("200"),
    row("DELETE /api/queues/{queue}/jobs/{job}", [OPERATORS; 4], OPERATORS).for_operator("job_not_found"),
    row("POST /api/queues/{queue}/jobs/{job}/retry", [OPERATORS; 4], OPERATORS).for_operator("job_not_found"),

    row("GET /api/users/me/public-key", [NO_KEY, NO_KEY, "200", NO_KEY], NO_KEY),
    row("PUT /api/users/me/public-key", OK, "200"),
    row("GET /api/users/{user}/public-key", OK, NO_USER),
    row("GET /api/users/{user}/devices", OK, NO_USER),
    row("GET /api/users/{user}/key-log", OK, NO_USER),
    row("POST /api/keys/claim", OK, NO_USER),
    row("GET /api/keys/changes", OK, "200"),
    row("GET /api/devices", OK, "200"),
    row("POST /api/devices", ["201"; 4], "201"),
    row("DELETE /api/devices/{device}", [OTHERS_DEVICE, OTHERS_DEVICE, "204", OTHERS_DEVICE], OTHERS_DEVICE),
    row("GET /api/devices/{device}/prekeys", [OTHERS_DEVICE, OTHERS_DEVICE, "200", OTHERS_DEVICE], OTHERS_DEVICE),
    row("POST /api/devices/{device}/prekeys", [OTHERS_DEVICE, OTHERS_DEVICE, "200", OTHERS_DEVICE], OTHERS_DEVICE),

    row("GET /api/orgs", OK, "200").for_operator("200"),
    row("POST /api/orgs", ["201"; 4], "201"),
    tenant("GET /api/orgs/{organization}", OK).for_operator("200"),
    tenant("PATCH /api/orgs/{organization}", ADMINS_CHANGE),
    tenant("DELETE /api/orgs/{organization}", [STALE, ROLE, ROLE, ROLE]),
    tenant("GET /api/orgs/{organization}/members", OK),
    tenant("GET /api/orgs/{organization}/members/{user}", OK),
    tenant("PATCH /api/orgs/{organization}/members/{user}", ADMINS_CHANGE),
    tenant("DELETE /api/orgs/{organization}/members/{user}", [STALE, STALE, STALE, ROLE]),
    tenant("GET /api/orgs/{organization}/invitations", ADMINS_READ),
    tenant("POST /api/orgs/{organization}/invitations", ADMINS_CREATE),
    tenant("DELETE /api/orgs/{organization}/invitations/{invitation}", ["204", "204", ROLE, ROLE]),
    tenant("GET /api/orgs/{organization}/api-keys", ADMINS_READ),
    tenant("POST /api/orgs/{organization}/api-keys", ADMINS_CREATE),
    tenant("GET /api/orgs/{organization}/api-keys/{key}", ADMINS_READ),
    tenant("DELETE /api/orgs/{organization}/api-keys/{key}", ["204", "204", ROLE, ROLE]),
    row("POST /api/invitations/accept", ["invitation_for_other_address"; 4], "invitation_for_other_address"),
    tenant("GET /api/orgs/{organization}/sites", OK).for_key("places:read", "200"),
    tenant("POST /api/orgs/{organization}/sites", ADMINS_CREATE),
    tenant("GET /api/orgs/{organization}/sites/{site}", OK).for_key("places:read", "200"),
    tenant("PATCH /api/orgs/{organization}/sites/{site}", ADMINS_CHANGE),
    tenant("DELETE /api/orgs/{organization}/sites/{site}", ADMINS_CHANGE),
    tenant("GET /api/orgs/{organization}/units", OK).for_key("places:read", "200"),
    tenant("POST /api/orgs/{organization}/units", ADMINS_CREATE),
    tenant("GET /api/orgs/{organization}/units/{unit}", OK).for_key("places:read", "200"),
    tenant("PATCH /api/orgs/{organization}/units/{unit}", ADMINS_CHANGE),
    tenant("DELETE /api/orgs/{organization}/units/{unit}", ADMINS_CHANGE),

    tenant("GET /api/orgs/{organization}/activity", OK).for_key("rooms:read", "200"),
    tenant("GET /api/orgs/{organization}/audit", ADMINS_READ),
    row("GET /api/audit", [OPERATORS; 4], OPERATORS).for_operator("200"),
    tenant("POST /api/orgs/{organization}/events", ADMINS_EMIT).for_key("events:publish", "200"),
    tenant("POST /api/orgs/{organization}/sites/{site}/events", ADMINS_EMIT).for_key("events:publish", "200"),
    tenant("POST /api/orgs/{organization}/units/{unit}/events", ADMINS_EMIT).for_key("events:publish", "200"),
    tenant("POST /api/orgs/{organization}/users/{user}/events", ADMINS_EMIT).for_key("events:publish", "200"),
    row("GET /api/rooms/{room}/history", OK, "room_not_found").for_key("rooms:read", "200"),
    row("GET /api/rooms/{room}/presence", OK, "room_not_found").for_key("rooms:read", "200"),

    row("GET /api/credentials", ADMINS_READ, "200"),
    row("POST /api/credentials", ADMINS_CREATE, "201"),
    row("GET /api/credentials/{credential}", ADMINS_READ, NO_CREDENTIAL),
    row("PUT /api/credentials/{credential}", ADMINS_CHANGE, NO_CREDENTIAL),
    row("DELETE /api/credentials/{credential}", ADMINS_CHANGE, NO_CREDENTIAL),

    open("POST /webhooks/graph", "202"),
    row("GET /api/graph/subscriptions", ADMINS_READ, "200"),
    row("POST /api/graph/subscriptions", ["validation_failed", "validation_failed", ROLE, ROLE], "validation_failed"),
    row("GET /api/graph/subscriptions/{subscription}", ADMINS_READ, NO_SUBSCRIPTION),
    row("DELETE /api/graph/subscriptions/{subscription}", ADMINS_CHANGE, NO_SUBSCRIPTION),
    row("POST /api/graph/subscriptions/{subscription}/renew", ADMINS_ASK, NO_SUBSCRIPTION),
    row("POST /api/graph/subscriptions/{subscription}/synced", ADMINS_READ, NO_SUBSCRIPTION),
    row("POST /api/graph/certificate/rotate", ADMINS_ASK, "202"),
    row("GET /api/graph/notifications", ADMINS_READ, "200").for_operator("200"),
    row("GET /api/graph/notifications/{notification}", ADMINS_MISS_NOTIFICATIONS, NO_NOTIFICATION)
        .for_operator(NO_NOTIFICATION),
    row("POST /api/graph/notifications/{notification}/replay", ADMINS_MISS_NOTIFICATIONS, NO_NOTIFICATION)
        .for_operator(NO_NOTIFICATION),

    row("GET /api/messages", OK, "200"),
    row("POST /api/messages", CREATED, "member_not_found"),
    row("POST /api/messages/ack", OK, "200"),
    row("GET /api/conversations", OK, "200"),
    row("GET /api/conversations/{user}/messages", CORRESPONDENTS, NO_CONVERSATION),
    row("POST /api/conversations/{user}/read", CORRESPONDENTS, NO_CONVERSATION),
    row("GET /api/users/me/message-settings", OK, "200"),
    row("PUT /api/users/me/message-settings", OK, "200"),
    tenant("GET /api/orgs/{organization}/message-retention", OK),
    tenant("PUT /api/orgs/{organization}/message-retention", ADMINS_CHANGE),
    tenant("POST /api/orgs/{organization}/messages/purge", ADMINS_READ),

    row("GET /api/assets", OK, "200").for_key("assets:read", "200"),
    row("POST /api/assets", CREATED, "201").for_key("assets:write", "201"),
    row("GET /api/assets/{asset}", ["200", "200", "200", "asset_not_found"], "asset_not_found")
        .for_key("assets:read", "200"),
    row("PATCH /api/assets/{asset}", [STALE, STALE, STALE, ROLE], "asset_not_found").for_key("assets:write", STALE),
    row("DELETE /api/assets/{asset}", [STALE, STALE, STALE, ROLE], "asset_not_found").for_key("assets:write", STALE),
];
