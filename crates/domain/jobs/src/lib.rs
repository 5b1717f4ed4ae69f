//! Work that is done later: queues, leases, retries, and what is done at set times.
//!
//! A job is enqueued in the transaction of what calls for it. A worker claims it with a [`Lease`] that it has to hold; when
//! the worker vanishes the lease runs out, and another one claims the job. So a job is done at least once, and whoever does
//! it must be able to do it again. [`Jobs`] is the operator's service.

mod backlog;
mod job;
mod queue;
mod retry;
mod schedule;
mod service;
mod tally;

pub use backlog::{Backlog, Count, DiscardError, RetryError};
pub use job::{Job, JobKey, JobRecord, Lease, NewJob, Payload, QueueName, State, UnknownName, WorkerId};
pub use queue::{Claim, Failed, Queue};
pub use retry::RetryPolicy;
pub use schedule::{Schedule, Schedules};
pub use service::Jobs;
pub use tally::{Outcome, Tally};
