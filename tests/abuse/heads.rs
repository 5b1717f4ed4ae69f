use std::sync::Arc;

use tenon_tests::race::race;

use crate::lines::{answers, exchange};
use crate::siege::{ORDINARY, Siege, options};

const CLIENTS: usize = 40;

/// A head has at most 128 KiB here before it is refused.
const GROWTH: u64 = 48;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_headers_are_refused_before_they_take_memory() {
    let siege = Siege::begin(options()).await;
    let address = siege.app.address();
    let start = "GET /api/health HTTP/1.1\r\nHost: a\r\n";
    let floods = [
        format!("{start}X-Large: {}\r\n\r\n", "a".repeat(4_000_000)),
        format!("{start}{}\r\n", "X-Many: a\r\n".repeat(50_000)),
        format!("{start}Cookie: {}\r\n\r\n", "a=b; ".repeat(200_000)),
        format!("{start}{}: a\r\n\r\n", "X".repeat(1_000_000)),
        format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a/".repeat(500_000)),
        // It never ends.
        format!("{start}{}", "X-Many: a\r\n".repeat(300_000)),
    ]
    .map(Arc::<str>::from);
    let mut refused = floods.each_ref().map(|_| 0);
    let sent = CLIENTS * floods.len();
    let clients = (0..sent).map(|number| {
        let flood = Arc::clone(&floods[number % floods.len()]);
        async move { exchange(address, flood.as_bytes()).await }
    });
    let clients: Vec<_> = clients.collect();
    for (number, answer) in race(clients).await.into_iter().enumerate() {
        // The answer may be lost when the server closes while more comes, and this machine may be too busy to send so much in five
        // seconds; not for every client.
        if answer.starts_with("HTTP/1.1 431 ") {
            refused[number % floods.len()] += 1;
        } else {
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        }
        assert!(answers(&answer) <= 1, "{answer}");
    }
    assert!(refused.iter().all(|refused| *refused > 0), "{refused:?}");
    siege
        .end(
            &format!("{sent} heads of half a megabyte to four, at once"),
            "431 or closed",
            GROWTH,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_requests_on_one_connection_are_answered_one_after_the_other() {
    let siege = Siege::begin(options()).await;
    let address = siege.app.address();
    let one = "GET /api/health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET /api/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let clients = (0..4).map(|_| {
        let flood = format!("{}{last}", one.repeat(499));
        async move { exchange(address, flood.as_bytes()).await }
    });
    for answer in race(clients.collect::<Vec<_>>()).await {
        assert_eq!(answers(&answer), 500);
    }
    siege
        .end(
            "4 connections with 500 requests each, sent before any answer",
            "all answered in order",
            ORDINARY,
        )
        .await;
}
