//! A Postgres database whose tables are read as they are.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

use super::DataError;
use super::kind::{Column, ColumnRow};
use super::ledger::LEDGER;
use super::lite::{Count, Name};
use super::side::{Side, is_derived, quoted};
use super::value::{Record, Value};
use crate::OpenError;
use crate::postgres::{Conn, LIFE_LOCK, MIGRATION_LOCK, patient};

/// What takes long is meant to.
const SETTINGS: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET TIME ZONE 'UTC'";

/// The key of the advisory lock of whoever copies: 'copy' in ASCII.
const COPY_LOCK: i64 = 0x63_6f_70_79;

/// How long a copy waits for another one to go, or for a server that was just stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// See the module.
pub struct Pg {
    pub(super) conn: Conn,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    major: i32,
}

impl Pg {
    pub fn open(url: &str) -> Result<Self, DataError> {
        let mut conn = Conn::establish(&patient(url)).map_err(OpenError::connect)?;
        conn.batch_execute(SETTINGS).map_err(failed)?;
        Ok(Self { conn })
    }

    fn names(&mut self, query: &str, parameter: &str) -> Result<Vec<String>, DataError> {
        let query = diesel::sql_query(query).bind::<Text, _>(parameter);
        let found: Vec<Name> = query.load(&mut self.conn).map_err(failed)?;
        Ok(found.into_iter().map(|found| found.name).collect())
    }

    /// The columns with what they hold, in the order of their names, without those that are made from others.
    pub fn kinds(&mut self, table: &str) -> Result<Vec<Column>, DataError> {
        let query = "SELECT column_name::text AS name, data_type::text AS data_type FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name::text COLLATE \"C\"";
        let query = diesel::sql_query(query).bind::<Text, _>(table);
        let rows: Vec<ColumnRow> = query.load(&mut self.conn).map_err(failed)?;
        let rows = rows.into_iter().filter(|row| !is_derived(table, &row.name));
        let columns: Option<Vec<Column>> = rows.map(ColumnRow::column).collect();
        columns.ok_or_else(|| DataError::Columns(table.to_owned()))
    }

    /// The columns of the primary key.
    pub fn key(&mut self, table: &str) -> Result<Vec<String>, DataError> {
        let query = "SELECT attname::text AS name FROM pg_index
            CROSS JOIN unnest(indkey) WITH ORDINALITY AS part (number, place)
            JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number
            WHERE indrelid = to_regclass(quote_ident($1)) AND indisprimary ORDER BY place";
        self.names(query, table)
    }

    /// Whether there is such a table.
    pub fn has(&mut self, table: &str) -> Result<bool, DataError> {
        let query = "SELECT c::text AS name FROM to_regclass(quote_ident($1)) AS c WHERE c IS NOT NULL";
        Ok(!self.names(query, table)?.is_empty())
    }

    /// Whether the question has an answer.
    pub fn any(&mut self, question: &str) -> Result<bool, DataError> {
        Ok(self.count_of(&format!("{question} LIMIT 1"))? > 0)
    }

    /// How many rows the question has.
    pub fn count_of(&mut self, question: &str) -> Result<usize, DataError> {
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM ({question}) AS found"));
        let found: Count = query.get_result(&mut self.conn).map_err(failed)?;
        Ok(usize::try_from(found.count).unwrap_or(usize::MAX))
    }

    /// The version of the server.
    pub fn major(&mut self) -> Result<i32, DataError> {
        let query = diesel::sql_query("SELECT current_setting('server_version_num')::int / 10000 AS major");
        let Version { major } = query.get_result(&mut self.conn).map_err(failed)?;
        Ok(major)
    }

    /// Keeps every other copy away until this is dropped, and has commits wait for no disk: one that is lost when the server fails
    /// is lost with what it says of itself.
    pub fn alone(&mut self) -> Result<(), DataError> {
        self.run("SET synchronous_commit = off")?;
        match self.lock(COPY_LOCK)? {
            true => Ok(()),
            false => Err(DataError::Busy),
        }
    }

    /// Refuses a database that a server, or a command, has open, and keeps all of them away until this is dropped. Whoever opens it after
    /// that finds the ledger.
    pub fn unserved(&mut self) -> Result<(), DataError> {
        match self.lock(LIFE_LOCK)? {
            true => Ok(()),
            false => Err(DataError::Served),
        }
    }

    /// Waits for a start that is under way, and has every later one wait until this is dropped.
    pub fn unmigrated(&mut self) -> Result<(), DataError> {
        match self.lock(MIGRATION_LOCK)? {
            true => Ok(()),
            false => Err(DataError::Served),
        }
    }

    /// Whether nobody else has this lock, or gives it back in time: Postgres notices late that whoever was killed has gone.
    fn lock(&mut self, key: i64) -> Result<bool, DataError> {
        let lock = format!("SELECT 1 WHERE pg_try_advisory_lock({key})");
        let begin = Instant::now();
        while !self.any(&lock)? {
            if begin.elapsed() > PATIENCE {
                return Ok(false);
            }
            self.run("SELECT pg_sleep(0.1)")?;
        }
        Ok(true)
    }

    /// From now on a commit is durable when it returns, and every earlier one with it.
    pub fn lasting(&mut self) -> Result<(), DataError> {
        self.run("SET synchronous_commit = on")
    }

    /// Does `work` in one transaction.
    pub fn together<T>(&mut self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> Result<T, DataError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "nobody else works with the database while it is copied into"
        )]
        self.conn.transaction(work).map_err(failed)
    }

    pub fn run(&mut self, statements: &str) -> Result<(), DataError> {
        self.conn.batch_execute(statements).map_err(failed)
    }
}

impl Side for Pg {
    const NAME: &'static str = "Postgres";

    fn version(&mut self) -> Result<Option<String>, DataError> {
        if !self.has("__diesel_schema_migrations")? {
            return Ok(None);
        }
        let last =
            "SELECT version::text AS name FROM __diesel_schema_migrations WHERE $1 = '' ORDER BY version DESC LIMIT 1";
        Ok(self.names(last, "")?.pop())
    }

    fn tables(&mut self) -> Result<Vec<String>, DataError> {
        let query = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()
            AND tablename NOT IN ('__diesel_schema_migrations', $1) ORDER BY tablename::text COLLATE \"C\"";
        self.names(query, LEDGER)
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>, DataError> {
        Ok(self.kinds(table)?.into_iter().map(|column| column.name).collect())
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
        let mut query = diesel::sql_query(query).into_boxed::<diesel::pg::Pg>();
        for value in after.iter().cloned() {
            query = match value {
                Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
                Value::Integer(number) => query.bind::<BigInt, _>(number),
                Value::Text(text) => query.bind::<Text, _>(text),
                Value::Bytes(bytes) => query.bind::<Binary, _>(bytes),
            };
        }
        let rows = query
            .load_iter::<Record, PgRowByRowLoadingMode>(&mut self.conn)
            .map_err(failed)?;
        for row in rows {
            take(row.map_err(failed)?)?;
        }
        Ok(())
    }
}

pub fn failed(source: DieselError) -> DataError {
    DataError::Failed {
        database: Pg::NAME,
        source,
    }
}
