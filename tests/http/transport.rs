//! The edge of the protocol: requests that two servers would read differently, and clients that take their time.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{Client, Setup};
use tenon_tests::waiting::until;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::raw::{exchange, lossy};

/// Headers and bodies that two servers might part at different places.
const AMBIGUOUS: [(&str, &str, &str); 12] = [
    (
        "CL and TE",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
    ),
    (
        "TE and CL",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "0\r\n\r\n",
    ),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 4\r\n", ""),
    ("two equal lengths", "Content-Length: 0\r\nContent-Length: 0\r\n", ""),
    ("a list of lengths", "Content-Length: 0, 4\r\n", ""),
    ("a signed length", "Content-Length: +4\r\n", "{}  "),
    ("a hexadecimal length", "Content-Length: 0x4\r\n", "{}  "),
    ("two hosts", "Host: b\r\n", ""),
    (
        "TE that is not chunked",
        "Transfer-Encoding: identity, chunked, gzip\r\n",
        "0\r\n\r\n",
    ),
    (
        "TE twice",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
    ),
    ("a space before the colon", "Content-Length : 4\r\n", "{}  "),
    ("a folded header", "X-Folded: a\r\n b\r\n", ""),
];

/// Requests of which the client hangs up.
const HALVES: usize = 20;

/// Sooner than the server gives up a body that does not go on.
const PATIENCE: Duration = Duration::from_secs(5);

/// What may stand behind a request to be taken for another one.
const SMUGGLED: &str = "GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn requests_that_two_servers_would_read_differently_are_refused_and_the_connection_closed() {
    let app = Setup::SqliteAlone.start().await;
    for (name, head, body) in AMBIGUOUS {
        let request = format!("POST /api/auth/login HTTP/1.1\r\nHost: a\r\n{head}\r\n{body}{SMUGGLED}");
        let exchange = exchange(app.address(), request.as_bytes()).await;
        let text = lossy(&exchange.bytes);
        let refused = text.starts_with("HTTP/1.1 400 ") && exchange.answers() == 1;
        assert!(refused, "{name}: {text}");
    }
    let chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n";
    let request = format!("POST /api/auth/login HTTP/1.1\r\nHost: a\r\n{chunked}{SMUGGLED}");
    let text = lossy(&exchange(app.address(), request.as_bytes()).await.bytes);
    assert!(
        !text.contains("200 OK"),
        "what follows a bad chunk is no request: {text}"
    );
    app.anonymous().health().await.expect(200);
}

#[tokio::test]
async fn what_is_no_http_1_1_is_refused_and_the_connection_closed() {
    let app = Setup::SqliteAlone.start().await;
    for request in [
        "POST /api/auth/login HTTP/1.1\r\n\r\n",
        "GET /api/health HTTP/9.9\r\nHost: a\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\0\x01",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let exchange = exchange(app.address(), request.as_bytes()).await;
        let text = lossy(&exchange.bytes);
        let refused = text.starts_with("HTTP/1.1 400 ") && exchange.answers() == 1;
        assert!(refused, "{request}: {text}");
    }
    // Anybody can send it, and nobody has to see to it.
    let log = app.log_so_far().await;
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_host_that_is_none_is_refused_wherever_it_is_asked_for() {
    let app = Setup::SqliteAlone.start().await;
    for path in [
        "/api/health",
        "/api/assets",
        "/api/nowhere",
        "/",
        "/ws",
        "/socket.io/?EIO=4&transport=polling",
    ] {
        for host in ["a, b", "a b", "user@a", "a/b", "a:b", "b\u{fc}cher"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let text = lossy(&exchange(app.address(), request.as_bytes()).await.bytes);
            let refused = text.starts_with("HTTP/1.1 400 ") && text.contains("\"code\":\"bad_request\"");
            assert!(refused, "{path}, {host}: {text}");
        }
    }
}

/// Sends a byte a second until the server has enough.
async fn trickle(stream: &mut TcpStream) -> (Duration, String) {
    let begin = Instant::now();
    let mut received = Vec::new();
    loop {
        assert!(begin.elapsed() < Duration::from_secs(14), "still open");
        let mut buffer = [0; 4096];
        match timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return (begin.elapsed(), lossy(&received)),
            Ok(Ok(count)) => received.extend_from_slice(&buffer[..count]),
            Err(_) => drop(stream.write_all(b" ").await),
        }
    }
}

#[tokio::test]
async fn a_slow_body_is_told_408_and_closed_within_12_seconds_and_a_slow_head_sooner() {
    let app = Setup::SqliteAlone.start().await;
    let declared =
        "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n";
    let chunked = declared.replace("Content-Length: 500", "Transfer-Encoding: chunked");
    let unwanted = declared.replace("POST /api/auth/login", "GET /api/auth/me");
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nX-Slow:";
    let requests = [
        declared.to_owned(),
        format!("{chunked}190\r\n"),
        unwanted,
        head.to_owned(),
    ];
    let tasks = requests.map(|request| {
        let address = app.address();
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            trickle(&mut stream).await
        })
    });
    let mut ends = Vec::new();
    for task in tasks {
        ends.push(task.await.unwrap());
    }
    for (took, text) in &ends[..2] {
        assert!(
            text.starts_with("HTTP/1.1 408 ") && text.contains("\"request_timeout\""),
            "{text}"
        );
        assert!((9..12).contains(&took.as_secs()), "{took:?}");
    }
    assert!(
        ends[2].1.starts_with("HTTP/1.1 401 ") && ends[2].0.as_secs() < 5,
        "{:?}",
        ends[2]
    );
    assert!(ends[3].0.as_secs() < 8, "{:?}", ends[3]);
}

#[tokio::test]
async fn a_client_of_http_1_0_is_sent_no_chunks() {
    let app = Setup::SqliteAlone.start().await;
    for path in ["/api/openapi.json", "/docs/swagger-ui.css", "/console/"] {
        let request = format!("GET {path} HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
        let text = lossy(&exchange(app.address(), request.as_bytes()).await.bytes).to_lowercase();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("http/1.0 200 ") && body.len() > 1024, "{path}: {head}");
        assert!(
            !head.contains("transfer-encoding") && !head.contains("content-encoding"),
            "{path}: {head}"
        );
    }
}

#[tokio::test]
async fn a_body_beside_an_upgrade_is_refused_at_once() {
    let app = Setup::SqliteAlone.start().await;
    let request = "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                   Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let begin = Instant::now();
    let text = lossy(&exchange(app.address(), request.as_bytes()).await.bytes);
    assert!(text.starts_with("HTTP/1.1 400 ") && text.contains("no body"), "{text}");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn one_connection_serves_request_after_request_and_pipelined_ones_in_order() {
    let app = Setup::SqliteAlone.start().await;
    let one = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n");
    let pipelined = [
        one("/api/health/live", "X-Request-Id: first\r\n"),
        one("/api/nowhere", "X-Request-Id: second\r\n"),
        one("/api/health/ready", "X-Request-Id: third\r\nConnection: close\r\n"),
    ];
    let exchange = exchange(app.address(), pipelined.concat().as_bytes()).await;
    let text = lossy(&exchange.bytes);
    let places: Vec<_> = ["first", "second", "third"]
        .iter()
        .map(|id| {
            text.find(&format!("x-request-id: {id}"))
                .unwrap_or_else(|| panic!("{text}"))
        })
        .collect();
    assert!(places.is_sorted() && exchange.answers() == 3, "{text}");
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_become_the_next_request() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let inner = "DELETE /api/auth/sessions HTTP/1.1\r\nHost: a\r\n\r\n";
    let request = format!(
        "GET /api/nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}GET /api/health/live HTTP/1.1\r\nHost: a\r\n\
         Connection: close\r\n\r\n",
        inner.len()
    );
    let exchange = exchange(app.address(), request.as_bytes()).await;
    let text = lossy(&exchange.bytes);
    assert_eq!(exchange.answers(), 2, "{text}");
    assert!(text.contains("\"not_found\"") && text.contains("\"live\""), "{text}");
    ada.me().await.expect(200);
}

/// How many requests are being answered; the one that asks for it is one of them.
async fn being_answered(anyone: &Client) -> usize {
    let metrics = anyone.get("/metrics").await.expect(200).text();
    let told = metrics
        .lines()
        .find_map(|line| line.strip_prefix("tenon_http_requests_in_flight "));
    told.unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_client_that_hangs_up_halfway_leaves_nothing_behind() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let anyone = app.anonymous();
    let body = json!({ "title": "Half" }).to_string();
    let mut halves = Vec::new();
    for _ in 0..HALVES {
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        let head = format!(
            "POST /api/assets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            ada.token(),
            body.len() + 1
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        halves.push(stream);
    }
    until("the requests begin", PATIENCE, async || {
        being_answered(&anyone).await == 1 + HALVES
    })
    .await;
    drop(halves);
    until("the requests end", PATIENCE, async || {
        being_answered(&anyone).await == 1
    })
    .await;
    assert_eq!(ada.all("/api/assets").await.len(), 0);
    ada.call(Method::GET, "/api/health").send().await.expect(200);
}
