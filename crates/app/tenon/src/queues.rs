//! `tenon queues`: the operator's view of jobs, on the database itself.

use std::io;

use serde_json::json;
use tenon_http::lines;
use tenon_jobs::{Count, DiscardError, JobRecord, Jobs, QueueName, RetryError, State};
use tenon_kernel::{JobId, Unavailable};
use tokio::runtime;

use crate::command_line::{Format, QueuesCommand};
use crate::configuration::Settings;
use crate::operator;
use crate::pages;
use crate::wiring::{self, WiringError};

/// Why a command about queues failed.
#[derive(Debug, thiserror::Error)]
pub enum QueuesError {
    /// The database cannot be opened.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Retry(#[from] RetryError),
    #[error(transparent)]
    Discard(#[from] DiscardError),
    /// The system gives no threads.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what was asked for, and says what came of it.
///
/// # Errors
///
/// As [`QueuesError`] says.
pub fn run(settings: &Settings, command: Option<QueuesCommand>, format: Format) -> Result<(), QueuesError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let jobs = wiring::jobs(settings).await?;
        match command {
            None => {
                let print = |count: &Count| format.say(|| lines::queue(count), || summary(count));
                Ok(jobs.counts().await?.iter().try_for_each(print)?)
            }
            Some(QueuesCommand::List {
                queue,
                state,
                format: own,
            }) => Ok(list(&jobs, queue, state, format.or(own)).await?),
            Some(QueuesCommand::Retry(retry)) => match retry.choice.job {
                Some(job) => retry_one(&jobs, job, format.or(retry.format)).await,
                None => retry_all(&jobs, format.or(retry.format)).await,
            },
            Some(QueuesCommand::Discard { job, format: own }) => discard(&jobs, job, format.or(own)).await,
        }
    })
}

async fn retry_one(jobs: &Jobs, job: JobId, format: Format) -> Result<(), QueuesError> {
    jobs.retry(None, job, &operator::device("queues")).await?;
    format.say(
        || Ok(json!({ "id": job.to_string(), "retried": true })),
        || "the job waits",
    )
}

async fn retry_all(jobs: &Jobs, format: Format) -> Result<(), QueuesError> {
    let mut retried = 0;
    for queue in QueueName::ALL {
        retried += jobs.retry_all(queue, &operator::device("queues")).await?;
    }
    format.say(|| Ok(json!({ "retried": retried })), || format!("{retried} jobs wait"))
}

async fn discard(jobs: &Jobs, job: JobId, format: Format) -> Result<(), QueuesError> {
    jobs.discard(None, job, &operator::device("queues")).await?;
    format.say(
        || Ok(json!({ "id": job.to_string(), "discarded": true })),
        || "the job is gone",
    )
}

async fn list(jobs: &Jobs, queue: QueueName, state: State, format: Format) -> Result<(), Unavailable> {
    let list = async |page: &_| jobs.list(queue, state, page).await;
    let print = |job: &JobRecord| format.say(|| lines::job(job), || line(job));
    pages::each(list, print).await
}

fn summary(count: &Count) -> String {
    let Count {
        queue,
        waiting,
        running,
        dead,
        ..
    } = count;
    format!(
        "{:<20} {waiting} waiting, {running} running, {dead} dead",
        queue.as_str()
    )
}

fn line(job: &JobRecord) -> String {
    let (id, attempts, payload) = (job.id, job.attempts, job.payload.as_str());
    let since = job.enqueued_at;
    match &job.error {
        Some(error) => format!("{id}  since {since}  attempts {attempts}  {payload}  {error}"),
        None => format!("{id}  since {since}  attempts {attempts}  {payload}"),
    }
}
