use std::collections::BTreeSet;

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::lite::Lite;
use super::pg::Pg;
use super::side::{Side, is_derived};
use super::tables::{DERIVED, LEFT, TABLES, names};
use super::*;
use crate::testing::{PostgresDatabase, file};
use crate::{OpenError, postgres, sqlite};

fn all() -> BTreeSet<String> {
    TABLES.iter().chain(&LEFT).map(ToString::to_string).collect()
}

fn sqlite() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, path) = file();
    sqlite::migrate(&path).unwrap();
    (folder, path)
}

fn postgres() -> (PostgresDatabase, Pg) {
    let database = PostgresDatabase::create();
    postgres::migrate(&database.url()).unwrap();
    let pg = Pg::open(&database.url()).unwrap();
    (database, pg)
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    from: String,
    #[diesel(sql_type = Text)]
    to: String,
}

#[test]
fn the_list_of_tables_is_that_of_both_schemas() {
    let (_folder, path) = sqlite();
    let in_sqlite: BTreeSet<String> = Lite::open(&path).unwrap().tables().unwrap().into_iter().collect();
    let (_database, mut pg) = postgres();
    let in_postgres: BTreeSet<String> = pg.tables().unwrap().into_iter().collect();
    let hint = "a new table is a line in crates/adapters/sql/src/data/tables.rs";
    assert_eq!(all(), in_sqlite, "{hint}");
    assert_eq!(all(), in_postgres, "{hint}");
    assert_eq!(all().len(), TABLES.len() + LEFT.len());
}

#[test]
fn both_databases_have_the_same_columns_but_for_those_that_are_made_from_others() {
    let (_folder, path) = sqlite();
    let (mut lite, (_database, mut pg)) = (Lite::open(&path).unwrap(), postgres());
    for table in names() {
        assert_eq!(lite.columns(&table).unwrap(), pg.columns(&table).unwrap(), "{table}");
        assert!(!pg.key(&table).unwrap().is_empty(), "{table}");
    }
    assert!(DERIVED.iter().all(|(table, column)| is_derived(table, column)));
    assert_eq!(pg.key("deliveries").unwrap(), ["organization_id", "user_id", "seq"]);
}

#[test]
fn a_table_comes_after_those_that_it_refers_to() {
    let (_database, mut pg) = postgres();
    let query = "SELECT conrelid::regclass::text AS from, confrelid::regclass::text AS to FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";
    let references: Vec<Reference> = diesel::sql_query(query).load(&mut pg.conn).unwrap();
    assert!(references.len() > 10);
    let place = |name: &str| TABLES.iter().position(|table| *table == name);
    for Reference { from, to } in references {
        assert!(place(&to) < place(&from), "{from} is copied before {to}");
    }
}

#[test]
fn the_schema_of_a_fresh_database_is_the_newest_on_both_sides() {
    let (_folder, path) = sqlite();
    let (_database, mut pg) = postgres();
    assert_eq!(Lite::open(&path).unwrap().version().unwrap(), Some(postgres::newest()));
    assert_eq!(pg.version().unwrap(), Some(postgres::newest()));
}

#[test]
fn a_file_that_somebody_has_open_is_in_use() {
    let (_folder, path) = sqlite();
    let served = sqlite::Database::open(&path, 1).unwrap();
    assert!(matches!(Lite::alone(&path), Err(DataError::InUse(_))));
    drop(served);
}

#[test]
fn a_file_that_is_held_is_nobody_elses() {
    let (_folder, path) = sqlite();
    let held = Lite::alone(&path).unwrap();
    assert!(matches!(Lite::alone(&path), Err(DataError::InUse(_))));
    drop(held);
    Lite::alone(&path).unwrap();
}

#[test]
fn nobody_opens_a_database_that_a_copy_holds() {
    let (database, mut pg) = postgres();
    pg.unserved().unwrap();
    let open = || postgres::Database::open(&database.url(), 1).map(drop);
    assert!(matches!(open(), Err(OpenError::Connect(_))));
    ledger::begin(&mut pg, &[]).unwrap();
    assert!(matches!(open(), Err(OpenError::Unfinished)));
    ledger::end(&mut pg).unwrap();
    drop(pg);
    open().unwrap();
}

#[test]
fn what_is_no_sqlite_file_or_no_postgres_is_refused() {
    let copy = |from: &str, to: &str| copy(from, to, &mut |_| {}).unwrap_err();
    assert!(matches!(copy("sqlite:a.db", "sqlite:b.db"), DataError::Address(_)));
    assert!(matches!(
        copy("postgres://h/d", "postgres://h/e"),
        DataError::Address(_)
    ));
    let (folder, _) = file();
    let nothing = format!("sqlite:{}", folder.path().join("none.db").display());
    assert!(matches!(copy(&nothing, "postgres://h/d"), DataError::Missing(_)));
}
