//! The three SQL types that both databases store in their own way, and how the kernel's values go in and out of them.

mod document;
mod id;
mod instant;

/// The SQL types that `schema.rs` names.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// `uuid`, or a blob of 16 bytes.
    #[derive(Debug, Clone, Copy, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct Id;

    /// `timestamptz`, or an integer of microseconds since 1970.
    #[derive(Debug, Clone, Copy, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185))]
    #[diesel(sqlite_type(name = "Long"))]
    pub struct Instant;

    /// `json`, which keeps the text as it is, or text.
    #[derive(Debug, Clone, Copy, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 114, array_oid = 199))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Document;

    /// `tsvector`; only Postgres has a column of it.
    #[derive(Debug, Clone, Copy, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 3614, array_oid = 3643))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Terms;
}

pub use document::Json;
pub use id::Key;
pub use instant::At;
