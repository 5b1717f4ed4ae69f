use std::fmt;
use std::str::FromStr;

use tenon_kernel::{Id, Invalid, JobId, Timestamp, line};

#[doc(hidden)]
#[derive(Debug)]
pub enum WorkerTag {}

/// A process that does jobs, from its start to its end.
pub type WorkerId = Id<WorkerTag>;

/// The text names no queue, or no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such name")]
pub struct UnknownName;

/// Where a job waits. Each queue has workers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// What Microsoft Graph told.
    Graph,
    /// Calls to Microsoft Graph that keep subscriptions alive.
    GraphSubscriptions,
    /// What keeps the store tidy.
    Housekeeping,
}

impl QueueName {
    /// Every queue, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Graph, Self::GraphSubscriptions, Self::Housekeeping];

    /// The name used in the API, in the configuration and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::GraphSubscriptions => "graph.subscriptions",
            Self::Housekeeping => "housekeeping",
        }
    }
}

impl FromStr for QueueName {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|queue| queue.as_str() == text)
            .ok_or(UnknownName)
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a job stands. One that is done is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// For a worker, or for its time.
    Waiting,
    /// Somebody holds its lease, or held it until their end.
    Running,
    /// Given up; a person may retry or discard it.
    Dead,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Running, Self::Dead];

    /// The name used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }
}

impl FromStr for State {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownName)
    }
}

/// What a job is about, as its handler reads it: ids rather than contents, because the operator is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload(String);

impl Payload {
    /// The longest payload, in bytes.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// # Errors
    ///
    /// `too_long`, and `invalid_characters` for NUL, which Postgres cannot store.
    pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.len() > Self::MAX_BYTES {
            return Err(Invalid::new("too_long", "At most 64 KiB."));
        }
        if text.contains('\0') {
            return Err(Invalid::new("invalid_characters", "Must not have NUL."));
        }
        Ok(Self(text))
    }

    /// The name of what is to be done.
    pub fn name(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a job is the only one of: while one with this key waits or runs in a queue, no other comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobKey(String);

impl JobKey {
    /// # Errors
    ///
    /// As [`line`] says, for more than 200 characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 200).map(Self)
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A job on its way into a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub id: JobId,
    pub queue: QueueName,
    pub payload: Payload,
    /// What it is the only one of, if anything.
    pub key: Option<JobKey>,
    /// Not to be done before.
    pub due_at: Timestamp,
    pub enqueued_at: Timestamp,
}

impl NewJob {
    /// A job to be done at once.
    pub fn new(queue: QueueName, payload: Payload, now: Timestamp) -> Self {
        Self {
            id: JobId::at(now),
            queue,
            payload,
            key: None,
            due_at: now,
            enqueued_at: now,
        }
    }

    /// The same, not before `due_at`.
    #[must_use]
    pub fn due(mut self, due_at: Timestamp) -> Self {
        self.due_at = due_at;
        self
    }

    /// The same, as the only one of this key.
    #[must_use]
    pub fn only(mut self, key: JobKey) -> Self {
        self.key = Some(key);
        self
    }
}

/// A worker's right to a job. It ends when it runs out and somebody else claims the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    pub worker: WorkerId,
    pub attempt: u32,
}

/// A job that a worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub queue: QueueName,
    pub payload: Payload,
    /// Counted from 1; those whose worker vanished count too.
    pub attempt: u32,
    pub enqueued_at: Timestamp,
    /// Who claimed it.
    pub worker: WorkerId,
}

impl Job {
    /// What to finish it with.
    pub const fn lease(&self) -> Lease {
        Lease {
            job: self.id,
            worker: self.worker,
            attempt: self.attempt,
        }
    }
}

/// A job as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    pub id: JobId,
    pub queue: QueueName,
    pub state: State,
    pub payload: Payload,
    pub key: Option<JobKey>,
    /// How many attempts have begun.
    pub attempts: u32,
    /// When it may be claimed: one that runs, when its lease has run out.
    pub due_at: Timestamp,
    pub enqueued_at: Timestamp,
    /// When it was given up.
    pub dead_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_queues_and_states_read_back() {
        for queue in QueueName::ALL {
            assert_eq!(queue.as_str().parse(), Ok(queue));
        }
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert_eq!("Graph".parse::<QueueName>(), Err(UnknownName));
        assert_eq!("done".parse::<State>(), Err(UnknownName));
        assert!(QueueName::ALL.map(QueueName::as_str).is_sorted());
    }

    #[test]
    fn a_payload_has_64_kib_at_most_and_no_nul() {
        assert!(Payload::new("é".repeat(32 * 1024)).is_ok());
        assert_eq!(Payload::new("x".repeat(64 * 1024 + 1)).unwrap_err().code, "too_long");
        assert_eq!(Payload::new("a\0").unwrap_err().code, "invalid_characters");
    }
}
