use diesel::prelude::*;
use diesel::result::Error as DieselError;
use tenon_jobs::{Job, JobKey, JobRecord, NewJob, Payload, State, WorkerId};
use tenon_kernel::JobId;

use super::sound;
use crate::schema::jobs;
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = jobs)]
pub struct JobRow {
    pub id: Key<JobId>,
    pub queue: String,
    payload: String,
    pub key: Option<String>,
    attempts: i32,
    pub due_at: At,
    enqueued_at: At,
    worker: Option<Key<WorkerId>>,
    dead_at: Option<At>,
    error: Option<String>,
}

impl From<&NewJob> for JobRow {
    fn from(job: &NewJob) -> Self {
        Self {
            id: Key(job.id),
            queue: job.queue.as_str().to_owned(),
            payload: job.payload.as_str().to_owned(),
            key: job.key.as_ref().map(|key| key.as_str().to_owned()),
            attempts: 0,
            due_at: At(job.due_at),
            enqueued_at: At(job.enqueued_at),
            worker: None,
            dead_at: None,
            error: None,
        }
    }
}

impl JobRow {
    /// The job that somebody has claimed.
    pub fn into_job(self) -> QueryResult<Job> {
        let unclaimed = || DieselError::DeserializationError("a claimed job without a worker".into());
        Ok(Job {
            id: self.id.0,
            queue: sound(self.queue.parse())?,
            payload: sound(Payload::new(self.payload))?,
            attempt: sound(u32::try_from(self.attempts))?,
            enqueued_at: self.enqueued_at.0,
            worker: self.worker.ok_or_else(unclaimed)?.0,
        })
    }

    pub fn into_record(self) -> QueryResult<JobRecord> {
        let state = match (self.dead_at, self.worker) {
            (Some(_), _) => State::Dead,
            (None, Some(_)) => State::Running,
            (None, None) => State::Waiting,
        };
        Ok(JobRecord {
            id: self.id.0,
            queue: sound(self.queue.parse())?,
            state,
            payload: sound(Payload::new(self.payload))?,
            key: sound(self.key.as_deref().map(JobKey::parse).transpose())?,
            attempts: sound(u32::try_from(self.attempts))?,
            due_at: self.due_at.0,
            enqueued_at: self.enqueued_at.0,
            dead_at: self.dead_at.map(|at| at.0),
            error: self.error,
        })
    }
}
