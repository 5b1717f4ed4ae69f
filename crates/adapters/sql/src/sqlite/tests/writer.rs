use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tenon_kernel::Unavailable;
use tokio::task::JoinHandle;

use super::database;
use crate::fault::Fault;
use crate::sqlite::{Conn, Database};

type Outcome = Result<(), Refusal>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Refused,
    Unavailable,
}

impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

fn note(conn: &mut Conn, text: &str) -> Result<(), Fault<Refusal>> {
    diesel::sql_query("INSERT INTO notes VALUES (?)")
        .bind::<Text, _>(text)
        .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Note {
    #[diesel(sql_type = Text)]
    text: String,
}

fn notes(conn: &mut Conn) -> Vec<String> {
    let rows: Vec<Note> = diesel::sql_query("SELECT text FROM notes ORDER BY text")
        .load(conn)
        .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

fn start<F>(database: &Database, work: F) -> JoinHandle<Outcome>
where
    F: Fn(&mut Conn) -> Result<(), Fault<Refusal>> + Send + 'static,
{
    let database = database.clone();
    tokio::spawn(async move { database.write(work).await })
}

/// Holds the writer up until the sender is dropped; returns when the writer has come here.
async fn hold(database: &Database) -> (Sender<()>, JoinHandle<Outcome>) {
    let (release, released): (Sender<()>, Receiver<()>) = channel();
    let (arrived, here) = tokio::sync::oneshot::channel();
    let arrived = Cell::new(Some(arrived));
    let held = start(database, move |_| {
        arrived.take().into_iter().for_each(|arrived| arrived.send(()).unwrap());
        let _ = released.recv();
        Ok(())
    });
    here.await.unwrap();
    (release, held)
}

async fn with_notes() -> (tempfile::TempDir, Database) {
    let (folder, database) = database();
    let table = "CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;
                 CREATE TABLE answers (text TEXT NOT NULL REFERENCES notes (text)) STRICT";
    start(&database, move |conn| Ok(conn.batch_execute(table)?))
        .await
        .unwrap()
        .unwrap();
    (folder, database)
}

/// What another connection to the file sees.
fn seen(folder: &Path) -> Vec<String> {
    let path = folder.join("tenon.db");
    notes(&mut Conn::establish(path.to_str().unwrap()).unwrap())
}

/// Waits until the queue has taken `count` pieces of work: each is sent before its task first waits.
async fn queued(tasks: &[JoinHandle<Outcome>]) {
    for _ in 0..tasks.len() + 10 {
        tokio::task::yield_now().await;
    }
    assert!(tasks.iter().all(|task| !task.is_finished()));
}

#[tokio::test]
async fn work_that_fails_or_panics_is_undone_and_the_others_of_the_transaction_stay() {
    let (folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let tasks = [
        start(&database, |conn| note(conn, "first")),
        start(&database, |conn| {
            note(conn, "refused")?;
            Err(Fault::Refused(Refusal::Refused))
        }),
        start(&database, |conn| {
            note(conn, "failed")?;
            note(conn, "first")
        }),
        start(&database, |conn| {
            note(conn, "panicked")?;
            panic!("as a test wants it")
        }),
        start(&database, |conn| note(conn, "last")),
    ];
    queued(&tasks).await;
    drop(release);
    held.await.unwrap().unwrap();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    let expected = [
        Ok(()),
        Err(Refusal::Refused),
        Err(Refusal::Unavailable),
        Err(Refusal::Unavailable),
        Ok(()),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(seen(folder.path()), ["first", "last"]);
    start(&database, |conn| note(conn, "later")).await.unwrap().unwrap();
    assert_eq!(seen(folder.path()), ["first", "last", "later"]);
}

#[tokio::test]
async fn an_insertion_that_fails_is_undone_beside_other_insertions_and_other_work() {
    let (folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let insert = |texts: &'static [&'static str]| {
        let database = database.clone();
        let work = move |conn: &mut Conn| texts.iter().try_for_each(|text| note(conn, text));
        tokio::spawn(async move { database.insert(work).await })
    };
    let tasks = [
        insert(&["first"]),
        start(&database, |conn| note(conn, "second")),
        insert(&["half", "first"]),
        insert(&["first"]),
        start(&database, |_| Err(Fault::Refused(Refusal::Refused))),
        insert(&["last"]),
    ];
    queued(&tasks).await;
    drop(release);
    held.await.unwrap().unwrap();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    let unavailable = Err(Refusal::Unavailable);
    let expected = [Ok(()), Ok(()), unavailable, unavailable, Err(Refusal::Refused), Ok(())];
    assert_eq!(outcomes, expected);
    assert_eq!(seen(folder.path()), ["first", "last", "second"]);
}

#[tokio::test]
async fn an_answer_comes_only_after_the_commit() {
    let (folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let first = start(&database, |conn| note(conn, "first"));
    queued(std::slice::from_ref(&first)).await;
    // In the same transaction, behind the first: while this one is held up, the first is done and not committed.
    let (arrived, mut here) = tokio::sync::oneshot::channel();
    let arrived = Cell::new(Some(arrived));
    let (release_second, released): (Sender<()>, Receiver<()>) = channel();
    let second = start(&database, move |_| {
        arrived.take().into_iter().for_each(|arrived| arrived.send(()).unwrap());
        let _ = released.recv();
        Ok(())
    });
    queued(std::slice::from_ref(&second)).await;
    assert!(here.try_recv().is_err());
    drop(release);
    here.await.unwrap();
    queued(std::slice::from_ref(&first)).await;
    assert_eq!(seen(folder.path()), [""; 0]);

    drop(release_second);
    first.await.unwrap().unwrap();
    assert_eq!(seen(folder.path()), ["first"]);
    second.await.unwrap().unwrap();
    held.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_is_answered_to_everybody_in_it() {
    let (folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let tasks = [
        start(&database, |conn| note(conn, "first")),
        start(&database, |conn| match notes(conn).is_empty() {
            true => Ok(()),
            false => Err(Fault::Refused(Refusal::Refused)),
        }),
        start(&database, |conn| {
            Ok(conn.batch_execute("PRAGMA defer_foreign_keys = ON; INSERT INTO answers VALUES ('to nothing')")?)
        }),
    ];
    queued(&tasks).await;
    drop(release);
    assert_eq!(held.await.unwrap(), Err(Refusal::Unavailable));
    for task in tasks {
        assert_eq!(task.await.unwrap(), Err(Refusal::Unavailable));
    }
    assert_eq!(seen(folder.path()), [""; 0]);
    start(&database, |conn| note(conn, "later")).await.unwrap().unwrap();
    assert_eq!(seen(folder.path()), ["later"]);
}

#[tokio::test]
async fn a_full_queue_refuses_and_does_what_it_took() {
    const QUEUE: usize = 4096;
    let (_folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let mut tasks: Vec<_> = (0..QUEUE)
        .map(|number| start(&database, move |conn| note(conn, &number.to_string())))
        .collect();
    queued(&tasks).await;
    for _ in 0..3 {
        let refused = start(&database, |conn| note(conn, "one too many")).await.unwrap();
        assert_eq!(refused, Err(Refusal::Unavailable));
    }
    drop(release);
    held.await.unwrap().unwrap();
    for task in tasks.drain(..) {
        task.await.unwrap().unwrap();
    }
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let count = |conn: &mut Conn| diesel::sql_query("SELECT count(*) AS count FROM notes").get_result::<Count>(conn);
    assert_eq!(database.read(count).await.unwrap().count, 4096);
}

#[tokio::test]
async fn work_whose_caller_went_away_is_done() {
    let (folder, database) = with_notes().await;
    let (release, held) = hold(&database).await;
    let abandoned = start(&database, |conn| note(conn, "abandoned"));
    queued(std::slice::from_ref(&abandoned)).await;
    abandoned.abort();
    drop(release);
    held.await.unwrap().unwrap();
    start(&database, |conn| note(conn, "later")).await.unwrap().unwrap();
    assert_eq!(seen(folder.path()), ["abandoned", "later"]);
}
