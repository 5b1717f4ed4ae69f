use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;

/// What a column of Postgres holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Id,
    Text,
    Long,
    Integer,
    Truth,
    Instant,
    Bytes,
    Document,
}

/// A column of Postgres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(QueryableByName)]
pub struct ColumnRow {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub data_type: String,
}

impl ColumnRow {
    /// Nothing for a type that no table has.
    pub fn column(self) -> Option<Column> {
        let kind = match self.data_type.as_str() {
            "uuid" => Kind::Id,
            "text" => Kind::Text,
            "bigint" => Kind::Long,
            "integer" => Kind::Integer,
            "boolean" => Kind::Truth,
            "timestamp with time zone" => Kind::Instant,
            "bytea" => Kind::Bytes,
            "json" => Kind::Document,
            _ => return None,
        };
        Some(Column { name: self.name, kind })
    }
}
