//! From SQLite to Postgres.

use super::content::TableContent;
use super::error::{DataError, differences};
use super::insertion::insertion;
use super::kind::Column;
use super::ledger::{self, Entry};
use super::lite::Lite;
use super::pg::Pg;
use super::side::{Observer, Part, Side, Step, list, quoted, select};
use super::tables::names;
use super::value::{Record, Value};
use crate::open::{Address, address};
use crate::postgres;

/// A chunk is written when it has so many rows or bytes: one statement costs some milliseconds besides its rows, and a row may
/// have megabytes.
const CHUNK_ROWS: usize = 1000;
const CHUNK_BYTES: usize = 4 << 20;

/// What a copy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// What is in each table, on both sides, in the order of copying.
    pub tables: Vec<TableContent>,
    /// Rows that an earlier, interrupted copy had brought over already.
    pub before: u64,
}

/// Copies everything in the SQLite file into the Postgres database, which must be empty or hold an interrupted copy of the same
/// source, and compares the two.
///
/// The file is held from beginning to end, so that no server writes to it; it is not changed. The target gets this version's
/// tables. Killed anywhere, a copy goes on when it is called for again; until it has ended, no server starts on the target.
///
/// # Errors
///
/// As [`DataError`] says.
pub fn copy(from: &str, to: &str, observe: Observer<'_>) -> Result<Copied, DataError> {
    let (Address::Sqlite(path), Address::Postgres(to)) = (address(from)?, address(to)?) else {
        return Err(DataError::Address(
            "data goes from sqlite:PATH to postgres://user@host/name",
        ));
    };
    let mut source = Lite::alone(path)?;
    current(
        &mut source,
        "bring the source up to date with `tenon migrate` on it first, by the binary that serves it from now on",
    )?;
    postgres::migrate(to)?;
    let mut target = Pg::open(to)?;
    current(&mut target, "use the newer binary")?;
    target.alone()?;
    target.unserved()?;
    let begun = ledger::read(&mut target)?;
    // Of what an interrupted copy has not got to, nothing may be there either.
    assert_empty(&mut target, begun.as_deref().unwrap_or_default())?;
    let contents = source.contents(&names(), Part::Reading, observe)?;
    let entries = match begun {
        Some(entries) => same(entries, &contents)?,
        None => ledger::begin(&mut target, &contents)?,
    };
    let before = transfer(&mut source, &mut target, &entries, observe)?;
    target.lasting()?;
    let found = target.contents(&names(), Part::Comparing, observe)?;
    let differences = differences(&contents, &found);
    if !differences.is_empty() {
        return Err(DataError::Differs(differences));
    }
    ledger::end(&mut target)?;
    target.run("ANALYZE")?;
    Ok(Copied {
        tables: contents,
        before,
    })
}

/// Copies what the entries say is left; says how many rows had been copied before.
fn transfer(source: &mut Lite, target: &mut Pg, entries: &[Entry], observe: Observer<'_>) -> Result<u64, DataError> {
    let before = entries.iter().map(|entry| entry.copied).sum();
    observe(Step::Begin {
        part: Part::Copying,
        rows: entries.iter().map(|entry| entry.source.rows).sum(),
        done: before,
    });
    for entry in entries.iter().filter(|entry| entry.copied < entry.source.rows) {
        transfer_table(source, target, entry, observe)?;
    }
    Ok(before)
}

fn transfer_table(source: &mut Lite, target: &mut Pg, entry: &Entry, observe: Observer<'_>) -> Result<(), DataError> {
    let table = entry.source.table.as_str();
    let shape = Shape::of(source, target, table)?;
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    source.each(&shape.query(&entry.position), &entry.position, &mut |record| {
        bytes += record.0.iter().map(Value::size).sum::<usize>();
        chunk.push(record);
        if chunk.len() >= CHUNK_ROWS || bytes >= CHUNK_BYTES {
            bytes = 0;
            append(target, &shape, std::mem::take(&mut chunk), observe)?;
        }
        Ok(())
    })?;
    append(target, &shape, chunk, observe)
}

/// Writes a chunk, and that it is written.
fn append(target: &mut Pg, shape: &Shape<'_>, chunk: Vec<Record>, observe: Observer<'_>) -> Result<(), DataError> {
    let Some(last) = chunk.last() else { return Ok(()) };
    let (rows, position) = (chunk.len() as u64, shape.position(last));
    target.together(|conn| {
        use diesel::RunQueryDsl;
        insertion(shape.table, &shape.columns, chunk)?.execute(conn)?;
        ledger::advance(conn, shape.table, rows, &position)
    })?;
    observe(Step::Rows(rows));
    Ok(())
}

/// How the rows of a table are asked for and written.
struct Shape<'a> {
    table: &'a str,
    columns: Vec<Column>,
    key: Vec<String>,
}

impl<'a> Shape<'a> {
    fn of(source: &mut Lite, target: &mut Pg, table: &'a str) -> Result<Self, DataError> {
        let shape = Self {
            table,
            columns: target.kinds(table)?,
            key: target.key(table)?,
        };
        if source.columns(table)? != shape.names() || shape.key.is_empty() {
            return Err(DataError::Columns(table.to_owned()));
        }
        Ok(shape)
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Asks for the rows after a position, in the order of the key.
    fn query(&self, after: &[Value]) -> String {
        let (rows, key) = (select(self.table, &self.names()), list(&self.key));
        if after.is_empty() {
            return format!("{rows} ORDER BY {key}");
        }
        let parameters = vec!["?"; after.len()].join(", ");
        format!("{rows} WHERE ({key}) > ({parameters}) ORDER BY {key}")
    }

    fn position(&self, record: &Record) -> Vec<Value> {
        let place = |name: &String| self.columns.iter().position(|column| column.name == *name);
        let value = |name| record.0.get(place(name)?).cloned();
        self.key.iter().filter_map(value).collect()
    }
}

/// The entries of an interrupted copy, of a source that is still as it was.
fn same(entries: Vec<Entry>, contents: &[TableContent]) -> Result<Vec<Entry>, DataError> {
    for content in contents {
        if !entries.iter().any(|entry| entry.source == *content) {
            return Err(DataError::OtherSource(content.table.clone()));
        }
    }
    Ok(entries)
}

/// Refuses rows in tables that nothing was copied into.
fn assert_empty(target: &mut Pg, entries: &[Entry]) -> Result<(), DataError> {
    let copied = |table: &str| {
        entries
            .iter()
            .any(|entry| entry.copied > 0 && entry.source.table == table)
    };
    for table in names().into_iter().filter(|table| !copied(table)) {
        if target.any(&format!("SELECT 1 FROM {}", quoted(&table)))? {
            return Err(DataError::NotEmpty(table));
        }
    }
    Ok(())
}

/// Refuses a database with other tables than this binary's.
fn current<S: Side>(side: &mut S, remedy: &'static str) -> Result<(), DataError> {
    let (found, expected) = (side.version()?, postgres::newest());
    if found.as_deref() == Some(expected.as_str()) {
        return Ok(());
    }
    Err(DataError::Version {
        database: S::NAME,
        found: found.unwrap_or_else(|| "none".to_owned()),
        expected,
        remedy,
    })
}
