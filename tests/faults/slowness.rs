//! Clients that send slower than anybody has reason to.

use std::time::Duration;

use tenon_tests::app::Setup;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::time::{Instant, sleep, timeout};

use crate::wire::Wire;

const FOREVER: Duration = Duration::from_secs(30);
const DRIP: Duration = Duration::from_millis(200);

/// Sends a byte now and then.
async fn drip(mut stream: OwnedWriteHalf) {
    while stream.write_all(b"a").await.is_ok() {
        sleep(DRIP).await;
    }
}

/// Sends the beginning, then a byte now and then if `dripping`; returns what came back and when the connection ended.
async fn crawl(mut wire: Wire, beginning: &str, dripping: bool) -> (String, Duration) {
    let begin = Instant::now();
    wire.stream.write_all(beginning.as_bytes()).await.unwrap();
    let (mut reading, writing) = wire.stream.into_split();
    let writing = tokio::spawn(async move {
        if dripping {
            drip(writing).await;
        } else {
            sleep(FOREVER).await;
            drop(writing);
        }
    });
    let mut answer = Vec::new();
    // A reset is an end, too.
    let ended = timeout(FOREVER, reading.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection stays open");
    writing.abort();
    (String::from_utf8_lossy(&answer).into_owned(), begin.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_end_within_7_seconds_and_slow_bodies_within_12() {
    let app = Setup::SqliteAlone.start().await;
    let open = || Wire::open(app.address());
    let head = "GET /api/health HTTP/1.1\r\nHost: tenon\r\nX-Slow: ";
    let body = "POST /api/auth/login HTTP/1.1\r\nHost: tenon\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{";
    let chunk = "POST /api/auth/login HTTP/1.1\r\nHost: tenon\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n{";
    let crawls = tokio::join!(
        crawl(open().await.unwrap(), "", false),
        crawl(open().await.unwrap(), head, false),
        crawl(open().await.unwrap(), head, true),
        crawl(open().await.unwrap(), body, false),
        crawl(open().await.unwrap(), body, true),
        crawl(open().await.unwrap(), chunk, true),
    );
    let (silent, half, dripping, stuck, slow, chunked) = crawls;
    for (what, (answer, time)) in [("silence", silent), ("half a head", half), ("a slow head", dripping)] {
        assert!(
            time > Duration::from_secs(4) && time < Duration::from_secs(7),
            "{what}: {time:?}"
        );
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
            "{what}: {answer}"
        );
        eprintln!("{what} ended after {time:?}");
    }
    for (what, (answer, time)) in [("half a body", stuck), ("a slow body", slow), ("a slow chunk", chunked)] {
        assert!(
            time > Duration::from_secs(9) && time < Duration::from_secs(12),
            "{what}: {time:?}"
        );
        assert!(
            answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"request_timeout\""),
            "{what}: {answer}"
        );
        eprintln!("{what} ended after {time:?}");
    }
}
