//! Waiting for something that must happen within a time.

use std::time::Duration;

use crate::app::{Answer, Client};
use tokio::time::{Instant, sleep};

const PAUSE: Duration = Duration::from_millis(10);

/// Asks until the answer is yes, and returns how long that took.
#[track_caller]
pub fn until(what: &str, limit: Duration, mut answer: impl AsyncFnMut() -> bool) -> impl Future<Output = Duration> {
    let begin = Instant::now();
    async move {
        while !answer().await {
            assert!(begin.elapsed() < limit, "{what}: not within {limit:?}");
            sleep(PAUSE).await;
        }
        begin.elapsed()
    }
}

/// Asks until there is an answer, and returns it.
///
/// # Panics
///
/// When there is none within the limit, with what there was instead.
pub async fn until_ok<T>(what: &str, limit: Duration, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begin = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(instead) => assert!(begin.elapsed() < limit, "{what}: not within {limit:?}: {instead}"),
        }
        sleep(PAUSE).await;
    }
}

/// How long until what health says of a service is this.
pub async fn until_service(who: &Client, service: &str, state: &str, limit: Duration) -> Duration {
    let what = format!("{service} is {state}");
    until(&what, limit, async || {
        who.health().await.json()["services"][service]["status"] == state
    })
    .await
}

/// The answer and how long it took.
pub async fn timed(asking: impl Future<Output = Answer>) -> (Answer, Duration) {
    let begin = Instant::now();
    let answer = asking.await;
    (answer, begin.elapsed())
}

/// The 99th of a hundred, in order.
pub fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() * 99).div_ceil(100) - 1]
}
