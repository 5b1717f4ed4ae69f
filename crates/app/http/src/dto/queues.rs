use serde::{Deserialize, Serialize};
use tenon_jobs::{Count, JobRecord, State};
use tenon_kernel::Invalid;
use utoipa::{IntoParams, ToSchema};

use super::{Check, IdText, PageQuery, Stamp};
use crate::error::ApiError;

/// Every queue.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueuesView {
    items: Vec<QueueView>,
}

/// How many jobs a queue has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueView {
    #[schema(example = "graph")]
    name: &'static str,
    /// For a worker, or for their time.
    waiting: u64,
    running: u64,
    /// Given up; the operator may retry or discard them.
    dead: u64,
    /// When the waiting job that is first in turn was or will be due; `null` when none waits.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    first_due_at: Option<Stamp>,
}

impl QueuesView {
    pub fn of(counts: &[Count]) -> Self {
        Self {
            items: counts.iter().map(QueueView::of).collect(),
        }
    }
}

impl QueueView {
    pub fn of(count: &Count) -> Self {
        Self {
            name: count.queue.as_str(),
            waiting: count.waiting,
            running: count.running,
            dead: count.dead,
            first_due_at: count.first_due.map(Stamp),
        }
    }
}

/// The parameters of a listing of jobs.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// `waiting`, `running` or `dead`.
    #[param(default = "dead", pattern = "^(waiting|running|dead)$")]
    state: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

impl JobsQuery {
    /// The state, and the rest.
    pub fn split(self) -> Result<(State, PageQuery), ApiError> {
        let mut check = Check::query();
        let unknown = |_| Invalid::new("unknown_state", "Must be waiting, running or dead.");
        let state = check.optional("state", self.state, |text| text.parse().map_err(unknown));
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
            count: self.count,
        };
        check.finish(|| Some((state.unwrap_or(State::Dead), page)))
    }
}

/// A job that is not done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(example = "graph")]
    queue: &'static str,
    /// `waiting`, `running` or `dead`.
    #[schema(example = "dead")]
    state: &'static str,
    /// What it is about, as its handler reads it: ids.
    payload: &'a str,
    /// What it is the only one of.
    #[schema(required = true)]
    key: Option<&'a str>,
    /// How many attempts have begun.
    attempts: u32,
    #[schema(value_type = String, format = DateTime)]
    enqueued_at: Stamp,
    /// When it may be begun; while it runs, when another worker takes it up unless the one that has it is heard of.
    #[schema(value_type = String, format = DateTime)]
    due_at: Stamp,
    /// When it was given up.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    dead_at: Option<Stamp>,
    /// Why the last attempt failed.
    #[schema(required = true)]
    error: Option<&'a str>,
}

impl<'a> JobView<'a> {
    pub fn of(job: &'a JobRecord) -> Self {
        Self {
            id: IdText::of(job.id),
            queue: job.queue.as_str(),
            state: job.state.as_str(),
            payload: job.payload.as_str(),
            key: job.key.as_ref().map(|key| key.as_str()),
            attempts: job.attempts,
            enqueued_at: Stamp(job.enqueued_at),
            due_at: Stamp(job.due_at),
            dead_at: job.dead_at.map(Stamp),
            error: job.error.as_deref(),
        }
    }
}
