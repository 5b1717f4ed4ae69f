use std::thread;

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;

use crate::sqlite::Conn;
use crate::sqlite::database::{MIGRATIONS, migrate};
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
    assert_eq!(connection.applied_migrations().unwrap().len(), 1);
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
