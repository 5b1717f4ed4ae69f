//! What can be said of a database without changing it.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};
use tenon_kernel::Timestamp;

use super::DataError;
use super::ledger::LEDGER;
use super::lite::{self, Lite};
use super::pg::{self, Pg};
use super::side::{Side, quoted};
use super::value::Value;
use crate::open::{Address, address};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// For example `PostgreSQL 17.5`.
    pub server: String,
    /// The version of the last migration, if there was one.
    pub schema: Option<String>,
    /// Whether a copy of data into it was begun and has not ended.
    pub unfinished: bool,
    /// Settings with which the database could lose what it has acknowledged, as `name = value`.
    pub not_durable: Vec<String>,
    /// The time by its clock, when it is another machine's.
    pub now: Option<Timestamp>,
    /// The most connections that it takes, if it bounds them.
    pub connections: Option<u32>,
    /// The names of the keys that records are sealed under.
    pub keys: BTreeSet<String>,
}

/// Looks at the database. Nothing is migrated, and nothing is made.
///
/// # Errors
///
/// As [`DataError`] says; [`DataError::Missing`] for an SQLite file that is not there.
pub fn examine(url: &str) -> Result<Examination, DataError> {
    match address(url)? {
        Address::Sqlite(path) => of_sqlite(Lite::open(path)?),
        Address::Postgres(url) => of_postgres(Pg::open(url)?),
    }
}

#[derive(QueryableByName)]
struct Answers {
    #[diesel(sql_type = Text)]
    server: String,
    #[diesel(sql_type = Text)]
    settings: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    now: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    connections: Option<i64>,
}

impl Answers {
    fn examination<S: Side>(self, side: &mut S, unfinished: bool) -> Result<Examination, DataError> {
        let settings = self.settings.split(", ").filter(|setting| !setting.is_empty());
        Ok(Examination {
            server: self.server,
            schema: side.version()?,
            unfinished,
            not_durable: settings.map(str::to_owned).collect(),
            now: self.now.map(Timestamp::from_micros),
            connections: self.connections.and_then(|most| u32::try_from(most).ok()),
            keys: keys(side)?,
        })
    }
}

fn of_sqlite(mut lite: Lite) -> Result<Examination, DataError> {
    // What else makes a commit durable is set on each connection by whoever opens it.
    let query = "SELECT 'SQLite ' || sqlite_version() AS server, NULL AS now, NULL AS connections,
        (SELECT CASE journal_mode WHEN 'off' THEN 'journal_mode = off' WHEN 'memory' THEN 'journal_mode = memory' ELSE '' END
            FROM pragma_journal_mode) AS settings";
    let answers: Answers = diesel::sql_query(query)
        .get_result(&mut lite.conn)
        .map_err(lite::failed)?;
    answers.examination(&mut lite, false)
}

fn of_postgres(mut pg: Pg) -> Result<Examination, DataError> {
    // A server that hangs is as good as none.
    let patience = "SET statement_timeout = '10s'; SET default_transaction_read_only = on";
    pg.conn.batch_execute(patience).map_err(pg::failed)?;
    let query = "SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) AS server,
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now,
        current_setting('max_connections')::bigint AS connections,
        (SELECT coalesce(string_agg(name || ' = ' || setting, ', ' ORDER BY name), '') FROM pg_settings
            WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off') AS settings";
    let answers: Answers = diesel::sql_query(query).get_result(&mut pg.conn).map_err(pg::failed)?;
    let unfinished = pg.has(LEDGER)?;
    answers.examination(&mut pg, unfinished)
}

/// The names of keys in every table that has a column of them.
fn keys<S: Side>(side: &mut S) -> Result<BTreeSet<String>, DataError> {
    let mut found = BTreeSet::new();
    for table in side.tables()? {
        if !side.columns(&table)?.iter().any(|column| column == "key_id") {
            continue;
        }
        side.each(
            &format!("SELECT DISTINCT key_id FROM {}", quoted(&table)),
            &[],
            &mut |record| {
                found.extend(record.0.into_iter().filter_map(|value| match value {
                    Value::Text(key) => Some(key),
                    _ => None,
                }));
                Ok(())
            },
        )?;
    }
    Ok(found)
}
