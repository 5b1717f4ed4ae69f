use std::time::Duration;

use async_trait::async_trait;
use tenon_graph::{Intake, Subscriptions, Task, TaskError};
use tenon_jobs::{Job, Schedule};
use tenon_workers::{Failure, Handler};

/// Has the subscriptions renewed that are due.
pub(super) const RENEWALS: Schedule = Schedule {
    name: "graph.renewals",
    period: Duration::from_secs(60),
};

/// Does what is left to be done for Microsoft Graph.
pub struct GraphTasks {
    pub intake: Intake,
    pub subscriptions: Subscriptions,
}

#[async_trait]
impl Handler for GraphTasks {
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        if job.payload.as_str() == RENEWALS.name {
            self.subscriptions.ask_for_renewals().await?;
            return Ok(());
        }
        let task: Task = job
            .payload
            .as_str()
            .parse()
            .map_err(|_| Failure::Dead("no such task".into()))?;
        let done = match task {
            Task::Process(batch) => self.intake.process(batch).await,
            Task::Replay(notification) => self.intake.replay(notification).await,
            Task::Create(..) | Task::Renew(..) | Task::Reauthorize(..) | Task::Delete(..) => {
                self.subscriptions.perform(task).await
            }
        };
        done.map_err(|error| match error {
            TaskError::Later(why) => Failure::Retry(why.into()),
            TaskError::Unasked(why) => Failure::Retry(why.into()),
            TaskError::Unavailable(error) => error.into(),
            TaskError::After(span, why) => Failure::RetryAfter(span, why.into()),
            TaskError::Never(why) => Failure::Dead(why.into()),
        })
    }
}
