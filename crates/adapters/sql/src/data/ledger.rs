//! How far a copy has come, in a table of the target, so that whoever comes after one that was interrupted goes on.

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::DataError;
use super::content::TableContent;
use super::pg::{Pg, failed};
use super::value::Value;

/// The table. While it is there, no server starts on the database.
pub const LEDGER: &str = "tenon_data_copy";

const CREATE: &str = "CREATE TABLE tenon_data_copy (
    place bigint NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    source_rows bigint NOT NULL,
    source_sha256 text NOT NULL,
    copied bigint NOT NULL,
    position text
)";

/// A table of the source, and how much of it has been copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub source: TableContent,
    pub copied: u64,
    /// The key of the last row that was copied; nothing before the first.
    pub position: Vec<Value>,
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    source_rows: i64,
    #[diesel(sql_type = Text)]
    source_sha256: String,
    #[diesel(sql_type = BigInt)]
    copied: i64,
    #[diesel(sql_type = Nullable<Text>)]
    position: Option<String>,
}

impl EntryRow {
    fn entry(self) -> Entry {
        // A position that cannot be read begins anew, which the keys that are there already refuse.
        let position = self.position.and_then(|text| serde_json::from_str(&text).ok());
        Entry {
            source: TableContent {
                table: self.name,
                rows: self.source_rows.unsigned_abs(),
                sha256: self.source_sha256,
            },
            copied: self.copied.unsigned_abs(),
            position: position.unwrap_or_default(),
        }
    }
}

/// What was begun, if a copy was interrupted.
pub fn read(pg: &mut Pg) -> Result<Option<Vec<Entry>>, DataError> {
    if !pg.has(LEDGER)? {
        return Ok(None);
    }
    let query = format!("SELECT name, source_rows, source_sha256, copied, position FROM {LEDGER} ORDER BY place");
    let rows: Vec<EntryRow> = diesel::sql_query(query).load(&mut pg.conn).map_err(failed)?;
    Ok(Some(rows.into_iter().map(EntryRow::entry).collect()))
}

/// Begins a copy of what is in the source.
pub fn begin(pg: &mut Pg, source: &[TableContent]) -> Result<Vec<Entry>, DataError> {
    pg.together(|conn| {
        diesel::sql_query(CREATE).execute(conn)?;
        for (place, content) in (0_i64..).zip(source) {
            diesel::sql_query(format!("INSERT INTO {LEDGER} VALUES ($1, $2, $3, $4, 0, NULL)"))
                .bind::<BigInt, _>(place)
                .bind::<Text, _>(&content.table)
                .bind::<BigInt, _>(i64::try_from(content.rows).unwrap_or(i64::MAX))
                .bind::<Text, _>(&content.sha256)
                .execute(conn)?;
        }
        Ok(())
    })?;
    let entry = |source: &TableContent| Entry {
        source: source.clone(),
        copied: 0,
        position: Vec::new(),
    };
    Ok(source.iter().map(entry).collect())
}

/// Writes down that so many rows more were copied, in the transaction that copied them.
pub fn advance(conn: &mut PgConnection, table: &str, rows: u64, position: &[Value]) -> QueryResult<()> {
    let position =
        serde_json::to_string(position).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::sql_query(format!(
        "UPDATE {LEDGER} SET copied = copied + $2, position = $3 WHERE name = $1"
    ))
    .bind::<Text, _>(table)
    .bind::<BigInt, _>(i64::try_from(rows).unwrap_or(i64::MAX))
    .bind::<Text, _>(position)
    .execute(conn)?;
    Ok(())
}

/// Ends the copy. After this the target is a database like any other.
pub fn end(pg: &mut Pg) -> Result<(), DataError> {
    pg.run(&format!("DROP TABLE {LEDGER}"))
}
