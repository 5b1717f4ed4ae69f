use diesel::table;

table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::sql::{Id, Instant};

    jobs (id) {
        id -> Id,
        queue -> Text,
        payload -> Text,
        key -> Nullable<Text>,
        attempts -> Integer,
        due_at -> Instant,
        enqueued_at -> Instant,
        worker -> Nullable<Id>,
        dead_at -> Nullable<Instant>,
        error -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::Text;
    use crate::types::sql::Instant;

    schedules (name) {
        name -> Text,
        called_at -> Instant,
    }
}
