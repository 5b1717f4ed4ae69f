use std::time::Duration;

use tenon_tests::race::race;

use crate::lines::drip;
use crate::siege::{Siege, options};

/// Of each kind. A worker of the server has some thousands of connections.
const CLIENTS: usize = 60;

/// A slow body is closed after 10 s, as `tests/faults/slowness.rs` holds to the second; the rest is for a machine that is busy.
const LATEST: Duration = Duration::from_secs(30);

/// A connection has its task and its buffers, some tens of KiB in a debug build.
const GROWTH: u64 = 48;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_and_slow_bodies_are_closed_and_hold_nobody_up() {
    let siege = Siege::begin(options()).await;
    let address = siege.app.address();
    let post = "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let beginnings = [
        "GET /api/health HTTP/1.1\r\nHost: a\r\nX-Slow: ".to_owned(),
        format!("{post}Content-Length: 900000\r\n\r\n{{"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nfffff\r\n{{"),
        "POST /webhooks/graph HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n{".to_owned(),
    ];
    let clients = (0..CLIENTS * beginnings.len()).map(|number| {
        let beginning = beginnings[number % beginnings.len()].clone();
        async move { drip(address, &beginning).await }
    });
    let mut longest = Duration::ZERO;
    for (answer, lasted) in race(clients).await {
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(lasted < LATEST, "{lasted:?}");
        longest = longest.max(lasted);
    }
    let held = format!("408 or closed, the last after {} s", longest.as_secs());
    let what = format!("{} slow heads, bodies and chunks at once", CLIENTS * beginnings.len());
    siege.end(&what, &held, GROWTH).await;
}
