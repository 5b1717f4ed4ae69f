/// Every table with data, each after those that its foreign keys refer to: the order in which rows are copied. Whoever adds a
/// table adds a line here; a test holds the list equal to the schema of both databases.
pub const TABLES: &[&str] = &[
    "users",
    "organizations",
    "memberships",
    "invitations",
    "sessions",
    "refresh_tokens",
    "revocations",
    "sites",
    "units",
    "assets",
    "remembered_requests",
    "activities",
    "outbox",
    "mailboxes",
    "messages",
    "purged_messages",
    "deliveries",
    "device_cursors",
    "conversations",
    "message_settings",
    "message_retention",
    "public_keys",
    "key_log",
    "key_positions",
    "key_changes",
    "devices",
    "prekeys",
    "credentials",
    "jobs",
    "schedules",
    "graph_batches",
    "graph_certificates",
    "graph_subscriptions",
    "graph_notifications",
    "api_keys",
    "audit_entries",
    "audit_chains",
];

/// Tables that are not copied: what instances tell of themselves every few seconds.
pub const LEFT: [&str; 1] = ["instances"];

/// Columns of one of the databases that are made from others: what SQLite's full-text index calls an asset, and what Postgres
/// finds it by.
pub const DERIVED: [(&str, &str); 2] = [("assets", "seq"), ("assets", "terms")];

/// Names as text, as a side takes them.
pub fn names() -> Vec<String> {
    TABLES.iter().map(ToString::to_string).collect()
}
