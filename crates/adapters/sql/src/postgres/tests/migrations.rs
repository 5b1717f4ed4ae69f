use std::thread;

use diesel::deserialize::QueryableByName;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;

use crate::postgres::database::{MIGRATIONS, migrate};
use crate::postgres::{Conn, Db};
use crate::testing::PostgresDatabase;

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Relations with their columns, indexes, constraints, functions and types of our own.
fn schema(connection: &mut Conn) -> Vec<Definition> {
    diesel::sql_query(
        "SELECT definition FROM (
             SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable) AS definition
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace
             UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                 AND proname NOT LIKE 'diesel\\_%'
             UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
         ) AS everything WHERE definition NOT LIKE '%\\_\\_diesel\\_%' ORDER BY definition",
    )
    .load(connection)
    .unwrap()
}

#[test]
fn ten_migrations_at_once_make_the_tables_once() {
    let database = PostgresDatabase::create();
    let migrating: Vec<_> = (0..10)
        .map(|_| {
            let url = database.url();
            thread::spawn(move || migrate(&url))
        })
        .collect();
    for outcome in migrating {
        outcome.join().unwrap().unwrap();
    }
    let mut connection = Conn::establish(&database.url()).unwrap();
    let all: Vec<Box<dyn Migration<Db>>> = MIGRATIONS.migrations().unwrap();
    assert_eq!(connection.applied_migrations().unwrap().len(), all.len());
    assert!(!schema(&mut connection).is_empty());
    assert!(!connection.has_pending_migration(MIGRATIONS).unwrap());
}

#[test]
fn what_goes_up_comes_down() {
    let database = PostgresDatabase::create();
    migrate(&database.url()).unwrap();
    let mut connection = Conn::establish(&database.url()).unwrap();
    let up = schema(&mut connection);
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    assert_eq!(schema(&mut connection), []);
    migrate(&database.url()).unwrap();
    assert_eq!(schema(&mut connection), up);
}
