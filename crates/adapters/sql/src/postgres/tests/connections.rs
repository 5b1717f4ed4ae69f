use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use tenon_kernel::Unavailable;

use crate::fault::Fault;
use crate::postgres::{Conn, Database};
use crate::testing::PostgresDatabase;

fn one(conn: &mut Conn) -> QueryResult<i32> {
    diesel::select(diesel::dsl::sql::<Integer>("1")).get_result(conn)
}

#[tokio::test]
async fn work_that_panics_is_answered_and_the_next_is_done() {
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), 2).unwrap();
    for _ in 0..5 {
        let read: Result<(), Unavailable> = database.read(|_| panic!("as a test wants it")).await;
        assert!(read.is_err());
        let written: Result<(), Unavailable> = database
            .write(|conn| {
                diesel::sql_query("CREATE TABLE panicked (n int)").execute(conn)?;
                panic!("as a test wants it")
            })
            .await;
        assert!(written.is_err());
    }
    for _ in 0..4 {
        assert_eq!(database.read(one).await.unwrap(), 1);
        let made = database.write(|conn| {
            diesel::sql_query("CREATE TABLE panicked (n int)").execute(conn)?;
            Err::<(), _>(Fault::Failed(diesel::result::Error::RollbackTransaction))
        });
        let error: Unavailable = made.await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(!source.contains("already exists"), "{source}");
    }
}

#[tokio::test]
async fn what_work_had_set_when_it_panicked_is_not_the_next_ones() {
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), 1).unwrap();
    let read: Result<(), Unavailable> = database
        .read(|conn| {
            diesel::sql_query("SET application_name = 'panicked'").execute(conn)?;
            panic!("as a test wants it")
        })
        .await;
    assert!(read.is_err());
    let name = diesel::select(diesel::dsl::sql::<Text>("current_setting('application_name')"));
    let name: String = database.read(move |conn| name.get_result(conn)).await.unwrap();
    assert_eq!(name, "");
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    const CONNECTIONS: u32 = 3;
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), CONNECTIONS).unwrap();
    for _ in 0..6 {
        assert_eq!(database.read(one).await.unwrap(), 1);
    }
    server.cut_off();
    let mut failures = 0;
    for _ in 0..20 {
        failures += u32::from(database.read(one).await.is_err());
    }
    assert!(failures <= CONNECTIONS, "{failures} of 20 failed");
    assert_eq!(database.read(one).await.unwrap(), 1);
}
