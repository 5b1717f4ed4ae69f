//! `tenon queues`: the operator's view of jobs, on the database itself.

use std::io;

use tenon_jobs::{Count, DiscardError, JobRecord, Jobs, QueueName, RetryError, State};
use tenon_kernel::{Device, Unavailable};
use tokio::runtime;

use crate::command_line::{Choice, QueuesCommand};
use crate::configuration::Settings;
use crate::pages;
use crate::terminal;
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
pub fn run(settings: &Settings, command: Option<QueuesCommand>) -> Result<(), QueuesError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let jobs = wiring::jobs(settings).await?;
        match command {
            None => jobs
                .counts()
                .await?
                .iter()
                .for_each(|count| terminal::say(summary(count))),
            Some(QueuesCommand::List { queue, state }) => list(&jobs, queue, state).await?,
            Some(QueuesCommand::Retry(Choice { job: Some(job), .. })) => {
                jobs.retry(None, job, &Device::default()).await?;
                terminal::say("the job waits");
            }
            Some(QueuesCommand::Retry(Choice { job: None, .. })) => retry_all(&jobs).await?,
            Some(QueuesCommand::Discard { job }) => {
                jobs.discard(None, job, &Device::default()).await?;
                terminal::say("the job is gone");
            }
        }
        Ok(())
    })
}

async fn retry_all(jobs: &Jobs) -> Result<(), Unavailable> {
    let mut retried = 0;
    for queue in QueueName::ALL {
        retried += jobs.retry_all(queue, &Device::default()).await?;
    }
    terminal::say(format_args!("{retried} jobs wait"));
    Ok(())
}

async fn list(jobs: &Jobs, queue: QueueName, state: State) -> Result<(), Unavailable> {
    let list = async |page: &_| jobs.list(queue, state, page).await;
    pages::each(list, |job| terminal::say(line(job))).await
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
