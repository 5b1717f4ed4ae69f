mod certificates;
mod inbox;
mod notifications;
mod registry;
mod tasks;

pub use certificates::Certificates;
pub use inbox::Inbox;
pub use notifications::Notifications;
pub use registry::Registry;

use std::future::Future;

use tenon_jobs::QueueName;

use super::jobs::{self, Jobs};
use super::{Conn, Database, Db, change, outbox, pages, remembered, telling};

/// Does something that may leave tasks, and wakes those who do them.
async fn waking<T, E>(jobs: &Jobs, work: impl Future<Output = Result<T, E>> + Send) -> Result<T, E> {
    let done = work.await?;
    jobs.wake([QueueName::Graph, QueueName::GraphSubscriptions]);
    Ok(done)
}
