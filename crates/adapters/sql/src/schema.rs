//! The tables, once for both databases.

mod access;
mod audit;
mod cluster;
mod graph;
mod keys;
mod mail;
mod vault;
mod work;

use diesel::table;

pub use access::api_keys;
pub use audit::{audit_chains, audit_entries};
pub use cluster::instances;
pub use graph::{graph_batches, graph_certificates, graph_notifications, graph_subscriptions};
pub use keys::{devices, key_changes, key_log, key_positions, prekeys, public_keys};
pub use mail::{
    conversations, deliveries, device_cursors, mailboxes, message_retention, message_settings, messages,
    purged_messages,
};
pub use vault::credentials;
pub use work::{jobs, schedules};

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    users (id) {
        id -> Id,
        email -> Text,
        display_name -> Text,
        password_hash -> Text,
        home_organization_id -> Nullable<Id>,
        disabled_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::sql::{Id, Instant};

    organizations (id) {
        id -> Id,
        name -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::sql::{Id, Instant};

    memberships (organization_id, user_id) {
        organization_id -> Id,
        user_id -> Id,
        role -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::sql::{Id, Instant};

    invitations (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        email -> Text,
        role -> Text,
        token_digest -> Binary,
        invited_by -> Id,
        created_at -> Instant,
        expires_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    sessions (id) {
        id -> Id,
        user_id -> Id,
        organization_id -> Id,
        name -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        last_used_at -> Instant,
        expires_at -> Instant,
        ends_at -> Instant,
        ended_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::sql::{Id, Instant};

    refresh_tokens (digest) {
        digest -> Binary,
        session_id -> Id,
        salt -> Nullable<Binary>,
        successor -> Nullable<Binary>,
        used_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::Nullable;
    use crate::types::sql::{Id, Instant};

    revocations (id) {
        id -> Id,
        session_id -> Nullable<Id>,
        user_id -> Nullable<Id>,
        organization_id -> Nullable<Id>,
        issued_until -> Instant,
        forget_at -> Instant,
        written_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::sql::{Id, Instant};

    sites (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        name -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::sql::{Id, Instant};

    units (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        site_id -> Id,
        name -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::sql::{Document, Id, Instant, Terms};

    assets (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        owner_id -> Id,
        site_id -> Nullable<Id>,
        unit_id -> Nullable<Id>,
        title -> Text,
        description -> Text,
        category -> Text,
        status -> Text,
        tags -> Document,
        attributes -> Document,
        value_amount -> Nullable<BigInt>,
        value_currency -> Nullable<Text>,
        acquired_on -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        #[doc = "Only in Postgres; SQLite has the table `asset_terms`."]
        terms -> Terms,
        #[doc = "Only in SQLite: what `asset_terms` calls the asset."]
        seq -> BigInt,
    }
}

table! {
    use diesel::sql_types::Binary;
    use crate::types::sql::Instant;

    remembered_requests (scope) {
        scope -> Binary,
        fingerprint -> Binary,
        answer -> Binary,
        created_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::sql::{Document, Id};

    activities (organization_id, id) {
        organization_id -> Id,
        id -> Id,
        by_id -> Nullable<Id>,
        about -> Document,
        verb -> Text,
        api_key_id -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::sql::{Document, Id};

    outbox (id) {
        id -> Id,
        organization_id -> Nullable<Id>,
        by_id -> Nullable<Id>,
        about -> Document,
        verb -> Text,
        api_key_id -> Nullable<Id>,
    }
}

diesel::joinable!(memberships -> organizations (organization_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, organizations, memberships, sessions);
diesel::allow_tables_to_appear_in_same_query!(users, audit_chains);
