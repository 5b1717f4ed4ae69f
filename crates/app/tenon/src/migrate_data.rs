//! `tenon migrate-data`: an installation on SQLite becomes one on Postgres.

use std::time::Instant;

use serde_json::json;
use tenon_sql::{Copied, DataError, Part, Step};

use crate::command_line::MigrateData;
use crate::progress::Progress;
use crate::terminal::say;

/// What has to come along with the data.
const SECRETS: &str = "the data is sealed and signed for with the secrets of the old installation: start the new one with the same \
                       JWT_SECRET and ENCRYPTION_KEY, or with secrets.toml and encryption.keys of the old data folder in the new one";

/// Copies, compares, and says what came of it.
///
/// # Errors
///
/// As [`DataError`] says.
pub fn run(arguments: &MigrateData) -> Result<(), DataError> {
    let begin = Instant::now();
    let mut progress = Progress::new();
    let copied = tenon_sql::copy(&arguments.from, &arguments.to, &mut |step| match step {
        Step::Begin { part, rows, done } => progress.begin(name(part), "rows", rows, done),
        Step::Rows(rows) => progress.advance(rows),
    })?;
    progress.end();
    if arguments.format.json {
        say(report(&copied, begin));
    } else {
        summarize(&copied, begin);
    }
    Ok(())
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Reading => "reading",
        Part::Copying => "copying",
        Part::Comparing => "comparing",
    }
}

fn rows(copied: &Copied) -> u64 {
    copied.tables.iter().map(|content| content.rows).sum()
}

fn report(copied: &Copied, begin: Instant) -> serde_json::Value {
    let table = |content: &tenon_sql::TableContent| json!({ "table": content.table, "rows": content.rows, "sha256": content.sha256 });
    json!({
        "rows": rows(copied),
        "rowsOfEarlierRuns": copied.before,
        "seconds": begin.elapsed().as_secs_f64(),
        "tables": copied.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn summarize(copied: &Copied, begin: Instant) {
    for content in copied.tables.iter().filter(|content| content.rows > 0) {
        let (table, rows, digest) = (
            &content.table,
            content.rows,
            content.sha256.get(..16).unwrap_or_default(),
        );
        say(format_args!("  {table:<20}  {rows:>10} rows  {digest}"));
    }
    if copied.before > 0 {
        say(format_args!(
            "{} rows had been copied before; this run went on after them",
            copied.before
        ));
    }
    let (rows, tables, seconds) = (rows(copied), copied.tables.len(), begin.elapsed().as_secs_f64());
    say(format_args!(
        "{rows} rows in {tables} tables are the same on both sides ({seconds:.1} s)"
    ));
    say(SECRETS);
}
