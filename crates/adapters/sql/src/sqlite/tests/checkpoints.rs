use std::fs;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use tenon_kernel::Unavailable;

use crate::fault::Fault;
use crate::sqlite::Conn;
use crate::sqlite::checkpoints::Checkpoints;
use crate::sqlite::database::{NO_CHECKPOINTS, connect};
use crate::sqlite::writer::Writer;
use crate::testing::file;

const PAGE: u64 = 4096;

#[derive(QueryableByName)]
struct Sound {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Truncated {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Copies all of the log and empties it, unless somebody else is just copying. Says whether it did.
fn truncated(conn: &mut Conn) -> bool {
    let truncated: Truncated = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)")
        .get_result(conn)
        .unwrap();
    truncated.busy == 0
}

#[tokio::test]
async fn the_log_begins_anew_although_somebody_always_writes() {
    let (_folder, path) = file();
    let url = path.to_str().unwrap();
    let mut first = connect(url).unwrap();
    first
        .batch_execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
        .unwrap();
    first.batch_execute(NO_CHECKPOINTS).unwrap();
    let checkpoints = Checkpoints::start(connect(url).unwrap(), &path, 100).unwrap();
    let writer = Writer::start(first, checkpoints).unwrap();
    let insert = |conn: &mut Conn| {
        let row = "INSERT INTO rows (text) VALUES (hex(randomblob(6000)))";
        Ok::<_, Fault<Unavailable>>(conn.batch_execute(row)?)
    };
    // Each of them writes three pages and more.
    for _ in 0..2000 {
        writer.run(insert).await.unwrap();
    }
    let log = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(log < 2000 * PAGE, "{log} bytes");
    drop(writer);

    // What is in the database's own file, without the log.
    let copy = path.with_file_name("copy.db");
    let mut last = connect(url).unwrap();
    while !truncated(&mut last) {
        std::thread::yield_now();
    }
    fs::copy(&path, &copy).unwrap();
    let query = "SELECT (SELECT count(*) FROM rows) AS rows, integrity_check FROM pragma_integrity_check";
    let sound: Sound = diesel::sql_query(query)
        .get_result(&mut connect(copy.to_str().unwrap()).unwrap())
        .unwrap();
    assert_eq!((sound.rows, sound.integrity_check.as_str()), (2000, "ok"));
}
