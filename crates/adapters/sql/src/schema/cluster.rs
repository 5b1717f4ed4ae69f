use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    instances (id) {
        id -> Id,
        version -> Text,
        started_at -> Instant,
        seen_at -> Instant,
        gone_at -> Instant,
        sockets -> BigInt,
        rooms -> BigInt,
        jobs -> BigInt,
        database_micros -> Nullable<BigInt>,
        redis_used -> Bool,
        redis_micros -> Nullable<BigInt>,
    }
}
