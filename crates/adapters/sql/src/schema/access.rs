use diesel::table;

table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    api_keys (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        name -> Text,
        prefix -> Text,
        token_digest -> Binary,
        scopes -> Text,
        created_by -> Id,
        created_at -> Instant,
        last_used_at -> Nullable<Instant>,
        expires_at -> Nullable<Instant>,
    }
}
