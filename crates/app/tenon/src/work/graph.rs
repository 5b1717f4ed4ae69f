use async_trait::async_trait;
use tenon_graph::{Intake, Subscriptions, Task, TaskError};
use tenon_jobs::Job;
use tenon_workers::{Failure, Handler};

/// The task that has the subscriptions renewed that are due.
pub const RENEW_DUE: &str = "renew due subscriptions";

/// The task that deletes what is kept no longer.
pub const FORGET: &str = "forget what was posted";

/// Does what is left to be done for Microsoft Graph.
pub struct GraphTasks {
    pub intake: Intake,
    pub subscriptions: Subscriptions,
}

#[async_trait]
impl Handler for GraphTasks {
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        match job.payload.as_str() {
            RENEW_DUE => {
                self.subscriptions.ask_for_renewals().await?;
                return Ok(());
            }
            FORGET => return Ok(self.intake.forget().await?),
            _ => {}
        }
        let task: Task = job.payload.as_str().parse().map_err(|_| Failure::Dead("no such task".into()))?;
        let done = match task {
            Task::Process(batch) => self.intake.process(batch).await,
            Task::Replay(notification) => self.intake.replay(notification).await,
            Task::Create(..) | Task::Renew(..) | Task::Reauthorize(..) | Task::Delete(..) => {
                self.subscriptions.perform(task).await
            }
        };
        done.map_err(|error| match error {
            TaskError::Later(why) => Failure::Retry(why.into()),
            TaskError::After(span, why) => Failure::RetryAfter(span, why.into()),
            TaskError::Never(why) => Failure::Dead(why.into()),
        })
    }
}
