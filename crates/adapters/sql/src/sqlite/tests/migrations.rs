use std::thread;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_migrations::MigrationHarness;

use crate::sqlite::database::{MIGRATIONS, migrate};
use crate::sqlite::{Conn, Db};
use crate::testing::file;

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    sql: String,
}

fn schema(connection: &mut Conn) -> Vec<Definition> {
    diesel::sql_query(
        "SELECT coalesce(sql, name) AS sql FROM sqlite_schema WHERE tbl_name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY name",
    )
    .load(connection)
    .unwrap()
}

#[test]
fn ten_migrations_at_once_make_the_tables_once() {
    let (_folder, path) = file();
    let migrating: Vec<_> = (0..10)
        .map(|_| {
            let path = path.clone();
            thread::spawn(move || migrate(&path))
        })
        .collect();
    for outcome in migrating {
        outcome.join().unwrap().unwrap();
    }
    let mut connection = Conn::establish(path.to_str().unwrap()).unwrap();
    let all: Vec<Box<dyn Migration<Db>>> = MIGRATIONS.migrations().unwrap();
    assert_eq!(connection.applied_migrations().unwrap().len(), all.len());
    assert!(!schema(&mut connection).is_empty());
    assert!(!connection.has_pending_migration(MIGRATIONS).unwrap());
}

#[test]
fn what_goes_up_comes_down() {
    let (_folder, path) = file();
    migrate(&path).unwrap();
    let mut connection = Conn::establish(path.to_str().unwrap()).unwrap();
    let up = schema(&mut connection);
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    assert_eq!(schema(&mut connection), []);
    migrate(&path).unwrap();
    assert_eq!(schema(&mut connection), up);
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    status: String,
}

const ASSETS: &str = "
    INSERT INTO organizations VALUES (unhex('01000000000070008000000000000001'), 'first', 1, 0, 0);
    INSERT INTO assets (seq, organization_id, id, owner_id, title, description, category, status, tags, attributes, version,
        created_at, updated_at)
    SELECT value * 3, unhex('01000000000070008000000000000001'), unhex('0500000000007000' || printf('8000%012x', value)),
        unhex('02000000000070008000000000000001'), 'title ' || value, '', '', 'archived', '[]', '{}', 1, 7, 8
    FROM (SELECT 1 AS value UNION SELECT 2 UNION SELECT 5);
    INSERT INTO asset_terms (rowid, terms) SELECT seq, 'word' || seq FROM assets;
";

#[test]
fn assets_that_are_there_are_kept_and_found_when_their_table_is_made_anew() {
    let (_folder, path) = file();
    let mut connection = Conn::establish(path.to_str().unwrap()).unwrap();
    connection.run_next_migration(MIGRATIONS).unwrap();
    connection.batch_execute(ASSETS).unwrap();
    let found = |connection: &mut Conn| -> Vec<Found> {
        let by_word = "SELECT seq, title, status FROM assets
            WHERE seq IN (SELECT rowid FROM asset_terms WHERE asset_terms MATCH 'word6 OR word15') ORDER BY seq";
        diesel::sql_query(by_word).load(connection).unwrap()
    };
    let before = found(&mut connection);
    assert_eq!(before.len(), 2);
    assert_eq!((before[1].seq, before[1].title.as_str()), (15, "title 5"));
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    assert_eq!(found(&mut connection), before);
    while connection.applied_migrations().unwrap().len() > 1 {
        connection.revert_last_migration(MIGRATIONS).unwrap();
    }
    assert_eq!(found(&mut connection), before);
}

#[test]
fn an_asset_has_one_of_three_states() {
    let (_folder, path) = file();
    migrate(&path).unwrap();
    let mut connection = Conn::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(ASSETS).unwrap();
    for status in ["draft", "active", "archived"] {
        let change = format!("UPDATE assets SET status = '{status}'");
        connection.batch_execute(&change).unwrap();
    }
    for status in ["", "Draft", "deleted"] {
        let change = format!("UPDATE assets SET status = '{status}'");
        assert!(connection.batch_execute(&change).is_err(), "{status}");
    }
}
