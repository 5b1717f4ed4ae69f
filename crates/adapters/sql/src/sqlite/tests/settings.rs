use diesel::QueryResult;
use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tenon_kernel::Unavailable;

use super::database;
use crate::fault::Fault;
use crate::sqlite::Conn;

#[derive(QueryableByName)]
struct CompileOption {
    #[diesel(sql_type = Text)]
    compile_options: String,
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Pragmas {
    #[diesel(sql_type = Text)]
    journal_mode: String,
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
    #[diesel(sql_type = BigInt)]
    foreign_keys: i64,
    #[diesel(sql_type = BigInt)]
    busy_timeout: i64,
    #[diesel(sql_type = BigInt)]
    query_only: i64,
}

fn pragmas(connection: &mut Conn) -> QueryResult<Pragmas> {
    diesel::sql_query(
        "SELECT journal_mode, synchronous, foreign_keys, timeout AS busy_timeout, query_only
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout, pragma_query_only",
    )
    .get_result(connection)
}

fn expected(query_only: i64) -> Pragmas {
    Pragmas {
        journal_mode: "wal".to_owned(),
        synchronous: 2,
        foreign_keys: 1,
        busy_timeout: 5_000,
        query_only,
    }
}

#[tokio::test]
async fn sqlite_is_compiled_with_stable_plans_and_without_counters() {
    let (_folder, database) = database();
    let read = |conn: &mut Conn| diesel::sql_query("PRAGMA compile_options").load::<CompileOption>(conn);
    let options: Vec<String> = database
        .read(read)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.compile_options)
        .collect();
    assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "{options:?}");
    assert!(
        options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"),
        "{options:?}"
    );
    for unwanted in [
        "ENABLE_STAT4",
        "ENABLE_MEMORY_MANAGEMENT",
        "ENABLE_API_ARMOR",
        "THREADSAFE=1",
    ] {
        assert!(
            !options.iter().any(|option| option.starts_with(unwanted)),
            "{options:?}"
        );
    }
}

#[tokio::test]
async fn the_writer_and_every_reader_are_durable_and_keep_references() {
    let (_folder, database) = database();
    let written = database.write(|conn| Ok::<_, Fault<Unavailable>>(pragmas(conn)?)).await;
    assert_eq!(written.unwrap(), expected(0));
    for _ in 0..4 {
        assert_eq!(database.read(pragmas).await.unwrap(), expected(1));
        assert_eq!(database.point(pragmas).await.unwrap(), expected(1));
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let (_folder, database) = database();
    let written = database
        .read(|conn| diesel::sql_query("DELETE FROM users").execute(conn))
        .await;
    assert!(written.is_err());
}

#[tokio::test]
async fn a_read_that_panics_is_answered_and_the_next_ones_are_done() {
    let (_folder, database) = database();
    for _ in 0..10 {
        let read: Result<(), Unavailable> = database.read(|_| panic!("as a test wants it")).await;
        assert!(read.is_err());
    }
    for _ in 0..4 {
        assert_eq!(database.read(pragmas).await.unwrap(), expected(1));
    }
}
