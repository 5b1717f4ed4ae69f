//! Many callers at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Barrier;

/// One of several callers that do different things.
pub type Runner<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes callers that do different things of one type.
pub fn runner<T>(work: impl Future<Output = T> + Send + 'static) -> Runner<T> {
    Box::pin(work)
}

/// Runs all of them at once, on as many tasks, and returns what they returned, in their order. None starts before the
/// others are ready.
pub async fn race<T, F>(runners: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let runners: Vec<F> = runners.into_iter().collect();
    let start = Arc::new(Barrier::new(runners.len()));
    let running: Vec<_> = runners
        .into_iter()
        .map(|runner| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                runner.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(running.len());
    for task in running {
        results.push(task.await.unwrap());
    }
    results
}
