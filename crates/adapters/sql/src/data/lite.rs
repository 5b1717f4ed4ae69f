//! An SQLite file whose tables are read as they are.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

use super::DataError;
use super::side::{Side, is_derived, quoted};
use super::value::{Record, Value};
use crate::OpenError;
use crate::sqlite::Conn;

/// How long another process may have the file open by chance, in milliseconds.
const PATIENCE: u32 = 1000;

/// Whoever has the file open in WAL mode holds a shared lock on it for as long as they do. In exclusive locking mode a
/// connection takes the lock that goes with no other (SQLite manual, Write-Ahead Logging, section 8), and keeps it: so this fails
/// while a server runs, and no server starts meanwhile.
const ALONE: &str = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";

/// See the module.
pub struct Lite {
    pub(super) conn: Conn,
}

#[derive(QueryableByName)]
pub struct Name {
    #[diesel(sql_type = Text)]
    pub name: String,
}

#[derive(QueryableByName)]
pub struct Count {
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

impl Lite {
    /// Opens a file that nobody else has open, and keeps everybody else away until this is dropped.
    pub fn alone(path: &Path) -> Result<Self, DataError> {
        let mut lite = Self::open(path)?;
        lite.conn.batch_execute(ALONE).map_err(|error| match error {
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, told) if told.message().contains("locked") => {
                DataError::InUse(path.to_owned())
            }
            other => failed(other),
        })?;
        Ok(lite)
    }

    /// Opens a file that others may have open, too.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        if !path.is_file() {
            return Err(DataError::Missing(path.to_owned()));
        }
        let url = path
            .to_str()
            .ok_or_else(|| OpenError::Url("the path is not UTF-8".to_owned()))?;
        let mut conn = Conn::establish(url).map_err(OpenError::connect)?;
        let patience = format!("PRAGMA busy_timeout = {PATIENCE}");
        conn.batch_execute(&patience).map_err(failed)?;
        Ok(Self { conn })
    }

    /// Opens what a URI names (SQLite manual, Uniform Resource Identifiers).
    pub fn immutable(uri: &str) -> Result<Self, DataError> {
        let conn = Conn::establish(uri).map_err(OpenError::connect)?;
        Ok(Self { conn })
    }

    /// Writes all of it to a new file.
    pub fn vacuum_into(&mut self, path: &str) -> Result<(), DataError> {
        let vacuum = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path);
        vacuum.execute(&mut self.conn).map_err(failed)?;
        Ok(())
    }

    /// The first thing that is wrong with the file, if anything is.
    pub fn fault(&mut self) -> Result<Option<String>, DataError> {
        let check = "SELECT integrity_check AS name FROM pragma_integrity_check WHERE ? = ''";
        let faults = self.names(check, "")?;
        let foreign = "SELECT 'a row of ' || \"table\" || ' refers to one that is not there' AS name FROM pragma_foreign_key_check
            WHERE ? = '' LIMIT 1";
        let others = self.names(foreign, "")?;
        let mut all = faults.into_iter().filter(|fault| fault != "ok").chain(others);
        Ok(all.next())
    }

    fn names(&mut self, query: &str, table: &str) -> Result<Vec<String>, DataError> {
        let query = diesel::sql_query(query).bind::<Text, _>(table);
        let found: Vec<Name> = query.load(&mut self.conn).map_err(failed)?;
        Ok(found.into_iter().map(|found| found.name).collect())
    }
}

impl Side for Lite {
    const NAME: &'static str = "SQLite";

    fn version(&mut self) -> Result<Option<String>, DataError> {
        let history = "SELECT name FROM sqlite_schema WHERE name = ?";
        if self.names(history, "__diesel_schema_migrations")?.is_empty() {
            return Ok(None);
        }
        let last = "SELECT version AS name FROM __diesel_schema_migrations WHERE ? = '' ORDER BY version DESC LIMIT 1";
        Ok(self.names(last, "")?.pop())
    }

    fn tables(&mut self) -> Result<Vec<String>, DataError> {
        // The full-text index is a virtual table with shadow tables.
        let query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? ORDER BY name";
        self.names(query, "__diesel_schema_migrations")
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>, DataError> {
        let mut all = self.names("SELECT name FROM pragma_table_info(?) ORDER BY name", table)?;
        all.retain(|column| !is_derived(table, column));
        Ok(all)
    }

    fn count(&mut self, table: &str) -> Result<u64, DataError> {
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {}", quoted(table)));
        let found: Count = query.get_result(&mut self.conn).map_err(failed)?;
        Ok(found.count.unsigned_abs())
    }

    fn each(
        &mut self,
        query: &str,
        after: &[Value],
        take: &mut dyn FnMut(Record) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let mut query = diesel::sql_query(query).into_boxed::<diesel::sqlite::Sqlite>();
        for value in after.iter().cloned() {
            query = match value {
                Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
                Value::Integer(number) => query.bind::<BigInt, _>(number),
                Value::Text(text) => query.bind::<Text, _>(text),
                Value::Bytes(bytes) => query.bind::<Binary, _>(bytes),
            };
        }
        let rows = query.load_iter::<Record, _>(&mut self.conn).map_err(failed)?;
        for row in rows {
            take(row.map_err(failed)?)?;
        }
        Ok(())
    }
}

pub fn failed(source: DieselError) -> DataError {
    DataError::Failed {
        database: Lite::NAME,
        source,
    }
}
