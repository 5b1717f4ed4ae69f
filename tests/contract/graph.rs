pub mod certificates;
mod inbox;
mod notifications;
mod registry;

use tenon_jobs::{QueueName, State};
use tenon_kernel::{Limit, PageRequest};
use tenon_sql::Store;

/// The payloads of the jobs that wait in a queue.
async fn waiting(store: &Store, queue: QueueName) -> Vec<String> {
    let all = PageRequest {
        limit: Limit::new(100).unwrap(),
        after: None,
        count: false,
    };
    let page = store.backlog.list(queue, State::Waiting, &all).await.unwrap();
    page.items
        .into_iter()
        .map(|job| job.payload.as_str().to_owned())
        .collect()
}
