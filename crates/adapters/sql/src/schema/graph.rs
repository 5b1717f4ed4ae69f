//! What Microsoft Graph tells of.

use diesel::table;

table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::sql::{Id, Instant};

    graph_batches (id) {
        id -> Id,
        key_id -> Text,
        wrapped -> Binary,
        sealed -> Binary,
        received_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::sql::{Id, Instant};

    graph_certificates (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        der -> Binary,
        thumbprint -> Text,
        key_id -> Text,
        wrapped -> Binary,
        sealed -> Binary,
        created_at -> Instant,
        expires_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    graph_subscriptions (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        credential_id -> Id,
        resource -> Text,
        change_types -> Text,
        is_rich -> Bool,
        state -> Text,
        remote_id -> Nullable<Text>,
        certificate_id -> Nullable<Text>,
        expires_at -> Nullable<Instant>,
        renew_at -> Nullable<Instant>,
        problem -> Nullable<Text>,
        delta_since -> Nullable<Instant>,
        resync_since -> Nullable<Instant>,
        client_state -> Nullable<Binary>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        confirmed_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    graph_notifications (id) {
        id -> Id,
        batch_id -> Id,
        position -> BigInt,
        organization_id -> Nullable<Id>,
        subscription_id -> Nullable<Id>,
        quarantine -> Nullable<Text>,
        change -> Text,
        resource -> Text,
        is_rich -> Bool,
        name_digest -> Nullable<Binary>,
        edit_digest -> Nullable<Binary>,
        received_at -> Instant,
        settled_at -> Instant,
    }
}
