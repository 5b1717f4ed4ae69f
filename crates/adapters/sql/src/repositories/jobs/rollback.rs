//! What tests of both databases find when a transaction that puts in jobs fails.

use diesel::prelude::*;
use tenon_jobs::{Backlog, Count, NewJob, Payload, QueueName};
use tenon_kernel::{Timestamp, Unavailable};

use super::{Database, Jobs, enqueue};
use crate::fault::{Fault, unavailable};

/// Fails unless a job is there exactly when what was stored with it is.
pub async fn check(database: Database) {
    let jobs = Jobs::new(database.clone());
    let now = Timestamp::from_micros(1_767_225_600_000_000);
    let job = move || NewJob::new(QueueName::Graph, Payload::name("x"), now);
    let refused: Result<(), Unavailable> = jobs
        .write(move |_, new| {
            new.push(job());
            Err(Fault::Refused(unavailable("refused")))
        })
        .await;
    refused.unwrap_err();
    let failed: Result<(), Unavailable> = database
        .write(move |conn| {
            enqueue(conn, &[job(), job()])?;
            diesel::sql_query("SELECT nothing FROM nowhere").execute(conn)?;
            Ok(())
        })
        .await;
    failed.unwrap_err();
    let late: Result<(), Unavailable> = database
        .write(move |conn| {
            enqueue(conn, &[job()])?;
            Err(Fault::Refused(unavailable("refused after all")))
        })
        .await;
    late.unwrap_err();
    let none: Vec<Count> = QueueName::ALL.map(Count::none).into();
    assert_eq!(jobs.counts().await.unwrap(), none);

    let kept: Result<(), Unavailable> = jobs
        .write(move |_, new| {
            new.extend([job(), job()]);
            Ok(())
        })
        .await;
    kept.unwrap();
    assert_eq!(jobs.counts().await.unwrap()[0].waiting, 2);
}
