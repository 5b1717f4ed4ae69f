//! Jobs of instances that are killed, and of several that could all do them.

use std::time::Duration;

use tenon_jobs::{NewJob, Payload, QueueName};
use tenon_sql::Store;
use tenon_tests::app::{Setup, TestApp};
use tenon_tests::clock::moment;
use tenon_tests::databases::psql;
use tenon_tests::lock::Lock;
use tenon_tests::stores::TestStore;

use tenon_tests::waiting::until;

/// A lease of 20 s, half a second until another instance looks, and something for a machine that is busy.
const TAKEN_UP: Duration = Duration::from_secs(30);

async fn is_idle(store: &Store) -> bool {
    let counts = store.backlog.counts().await.unwrap();
    counts.iter().all(|count| count.waiting + count.running == 0)
}

/// How many jobs of housekeeping an instance has done.
async fn finished(app: &TestApp) -> u64 {
    let metrics = app.anonymous().get("/metrics").await.expect(200).text();
    let name = "tenon_job_attempts_total{queue=\"housekeeping\",outcome=\"finished\"} ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_of_a_killed_instance_is_taken_up_by_another_within_30_seconds() {
    let mut instances = TestApp::start_together(Setup::PostgresWithRedis.options(), 2).await;
    let database = instances[0].database().url().to_owned();
    let store = TestStore::beside(&instances[0]);
    until("idle", TAKEN_UP, async || is_idle(&store).await).await;

    // A purge waits for the table, and so it runs until the lock goes.
    let lock = Lock::table(instances[0].database(), "sessions").await;
    let job = NewJob::new(QueueName::Housekeeping, Payload::name("purge"), moment());
    store.queue.enqueue(std::slice::from_ref(&job)).await.unwrap();
    let worker = || psql(&database, "SELECT worker FROM jobs WHERE worker IS NOT NULL");
    until("claimed", TAKEN_UP, async || !worker().is_empty()).await;
    let claimed = worker();
    let is_of = async |app: &TestApp| app.log_so_far().await.contains(claimed.trim());
    let doing = usize::from(!is_of(&instances[0]).await);
    let mut killed = instances.remove(doing);
    killed.kill().await;
    drop(lock);
    let is_done = async || store.backlog.find(job.id).await.unwrap().is_none();
    let took = until("done by the other", TAKEN_UP, is_done).await;
    eprintln!(
        "the job of a killed instance was done {:.1} s later",
        took.as_secs_f64()
    );
    assert!(!is_of(&instances[0]).await);
}

/// What is purged each hour, messages that are kept no longer, and what Microsoft Graph posted.
const CHORES: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scheduled_work_is_done_by_one_of_three_instances_that_start_together() {
    let instances = TestApp::start_together(Setup::PostgresWithRedis.options(), 3).await;
    let store = TestStore::beside(&instances[0]);
    let all = async || {
        let mut all = 0;
        for app in &instances {
            all += finished(app).await;
        }
        all
    };
    until("done", TAKEN_UP, async || {
        all().await >= CHORES && is_idle(&store).await
    })
    .await;
    assert_eq!(all().await, CHORES);
}
