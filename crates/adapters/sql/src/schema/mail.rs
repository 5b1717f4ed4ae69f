//! What people send one another.

use diesel::table;

table! {
    use diesel::sql_types::BigInt;
    use crate::types::sql::Id;

    mailboxes (organization_id, user_id) {
        organization_id -> Id,
        user_id -> Id,
        last_seq -> BigInt,
        waiting -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    messages (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        sender_id -> Id,
        sender_session -> Id,
        recipient_id -> Id,
        device -> Integer,
        client_id -> Id,
        kind -> Text,
        seq -> BigInt,
        copy_seq -> Nullable<BigInt>,
        created_at -> Instant,
        delivered_at -> Nullable<Instant>,
        read_at -> Nullable<Instant>,
        encrypted_content -> Binary,
    }
}

table! {
    use diesel::sql_types::BigInt;
    use crate::types::sql::{Id, Instant};

    purged_messages (organization_id, sender_id, client_id) {
        organization_id -> Id,
        sender_id -> Id,
        client_id -> Id,
        id -> Id,
        seq -> BigInt,
        created_at -> Instant,
        purged_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable};
    use crate::types::sql::{Document, Id};

    deliveries (organization_id, user_id, seq) {
        organization_id -> Id,
        user_id -> Id,
        seq -> BigInt,
        device -> Integer,
        message_id -> Nullable<Id>,
        notice -> Nullable<Document>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer};
    use crate::types::sql::Id;

    device_cursors (organization_id, user_id, device) {
        organization_id -> Id,
        user_id -> Id,
        device -> Integer,
        up_to -> BigInt,
    }
}

table! {
    use crate::types::sql::Id;

    conversations (organization_id, user_id, peer_id) {
        organization_id -> Id,
        user_id -> Id,
        peer_id -> Id,
        last_message_id -> Id,
    }
}

table! {
    use diesel::sql_types::Bool;
    use crate::types::sql::Id;

    message_settings (user_id) {
        user_id -> Id,
        read_receipts -> Bool,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    message_retention (organization_id) {
        organization_id -> Id,
        policy -> Text,
        days -> Nullable<Integer>,
        version -> BigInt,
        updated_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(deliveries, messages);
diesel::allow_tables_to_appear_in_same_query!(conversations, messages);
