use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::sql::{Document, Id};

    audit_entries (chain, sequence) {
        chain -> Id,
        sequence -> BigInt,
        id -> Id,
        action -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Id>,
        actor_email -> Nullable<Text>,
        subject_kind -> Nullable<Text>,
        subject_id -> Nullable<Text>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        details -> Document,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::types::sql::Id;

    audit_chains (chain) {
        chain -> Id,
        sequence -> BigInt,
        hash -> Binary,
    }
}
