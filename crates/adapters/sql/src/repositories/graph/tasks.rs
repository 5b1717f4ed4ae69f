use diesel::QueryResult;
use diesel::result::Error as DieselError;
use tenon_graph::Task;
use tenon_jobs::{JobKey, NewJob, Payload, QueueName};
use tenon_kernel::Timestamp;

/// The job for a task, of which there is one at a time.
pub fn job(task: Task, now: Timestamp) -> QueryResult<NewJob> {
    let text = task.to_string();
    let failed = |error: tenon_kernel::Invalid| DieselError::SerializationError(error.into());
    let queue = match task.calls_out() {
        true => QueueName::GraphSubscriptions,
        false => QueueName::Graph,
    };
    let job = NewJob::new(queue, Payload::new(text.as_str()).map_err(failed)?, now);
    // A batch is stored once, so that there is but one job for it anyway.
    Ok(match task {
        Task::Process(_) => job,
        _ => job.only(JobKey::parse(&text).map_err(failed)?),
    })
}
