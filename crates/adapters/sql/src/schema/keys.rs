use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::types::sql::{Id, Instant};

    public_keys (user_id) {
        user_id -> Id,
        key -> Binary,
        version -> BigInt,
        changed_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Text};
    use crate::types::sql::{Id, Instant};

    key_log (user_id, number) {
        user_id -> Id,
        number -> BigInt,
        kind -> Text,
        device -> Integer,
        version -> BigInt,
        keys -> Binary,
        at -> Instant,
        previous -> Binary,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::BigInt;
    use crate::types::sql::Id;

    key_positions (organization_id) {
        organization_id -> Id,
        position -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Text};
    use crate::types::sql::{Id, Instant};

    key_changes (organization_id, position) {
        organization_id -> Id,
        position -> BigInt,
        user_id -> Id,
        kind -> Text,
        device -> Integer,
        version -> BigInt,
        at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    devices (user_id, device) {
        user_id -> Id,
        device -> Integer,
        name -> Nullable<Text>,
        identity_key -> Binary,
        agreement_key -> Binary,
        agreement_signature -> Binary,
        signed_id -> BigInt,
        signed_key -> Binary,
        signed_signature -> Binary,
        last_resort_id -> BigInt,
        last_resort_key -> Binary,
        last_resort_signature -> Binary,
        last_resort_used_at -> Nullable<Instant>,
        stocked -> BigInt,
        created_at -> Instant,
        removed_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable};
    use crate::types::sql::{Id, Instant};

    prekeys (user_id, device, id) {
        user_id -> Id,
        device -> Integer,
        id -> BigInt,
        key -> Binary,
        signature -> Binary,
        position -> BigInt,
        claimed_at -> Nullable<Instant>,
    }
}
