use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::types::sql::{Id, Instant};

    credentials (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        name -> Text,
        kind -> Text,
        version -> BigInt,
        created_by -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        key_id -> Text,
        wrapped -> Binary,
        sealed -> Binary,
    }
}
