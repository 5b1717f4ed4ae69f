//! Requests that two servers might part at different places. Those that `tests/http/transport.rs` has are not here again.

use serde_json::Value;
use tenon_tests::proxy::Proxy;

use crate::lines::{answers, exchange};
use crate::siege::{ORDINARY, Siege, options};

/// What stands after `POST ... Host: a`, and must be refused.
const AMBIGUOUS: [(&str, &str); 22] = [
    (
        "CL.TE, a tab",
        "Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE.TE, another one",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    ),
    ("TE.TE, xchunked", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    (
        "TE.TE, identity last",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ),
    ("TE.TE, a parameter", "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
    ("TE.TE, quoted", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    (
        "TE.TE, a vertical tab",
        "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    ),
    ("TE.TE, empty", "Transfer-Encoding: \r\n\r\n0\r\n\r\n"),
    ("TE.TE, compressed", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    (
        "TE.CL behind a bare LF",
        "X: b\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE behind a bare CR",
        "X: b\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
    ),
    ("TE in a folded line", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("a length in a folded line", "Content-Length:\r\n 4\r\n\r\n{}  "),
    ("a length with a vertical tab", "Content-Length: 4\x0b\r\n\r\n{}  "),
    (
        "a length beyond 64 bits",
        "Content-Length: 18446744073709551620\r\n\r\n{}  ",
    ),
    ("a length below zero", "Content-Length: -0\r\n\r\n"),
    ("an empty length", "Content-Length: \r\n\r\n"),
    ("a length with a fraction", "Content-Length: 4.0\r\n\r\n{}  "),
    ("two numbers", "Content-Length: 4 0\r\n\r\n{}  "),
    ("a line that is no header", "Garbage\r\nContent-Length: 0\r\n\r\n"),
    ("a header without a name", ": x\r\nContent-Length: 0\r\n\r\n"),
    ("the same host twice", "Host: a\r\nContent-Length: 0\r\n\r\n"),
];

/// Chunks after which nothing may be read from the connection.
const BROKEN: [(&str, &str); 14] = [
    ("an LF in an extension", "4;a\nb\r\n{}  \r\n0\r\n\r\n"),
    ("a CR in an extension", "4;a\rb\r\n{}  \r\n0\r\n\r\n"),
    ("a NUL in an extension", "4;\0\r\n{}  \r\n0\r\n\r\n"),
    ("a bare LF after the size", "4\n{}  \r\n0\r\n\r\n"),
    ("a bare LF after the data", "4\r\n{}  \n0\r\n\r\n"),
    ("nothing after the data", "4\r\n{}  0\r\n\r\n"),
    ("a bare LF at the end", "4\r\n{}  \r\n0\n\n"),
    ("a size beyond 64 bits", "10000000000000004\r\n{}  \r\n0\r\n\r\n"),
    ("the largest size", "ffffffffffffffff\r\n{}  \r\n0\r\n\r\n"),
    ("a size with a prefix", "0x4\r\n{}  \r\n0\r\n\r\n"),
    ("a size with a sign", "+4\r\n{}  \r\n0\r\n\r\n"),
    ("a blank before the size", " 4\r\n{}  \r\n0\r\n\r\n"),
    ("no size", "\r\n{}  \r\n0\r\n\r\n"),
    ("more data than the size says", "2\r\n{}  \r\n0\r\n\r\n"),
];

/// What is unusual and means one thing only: the request behind it is a request.
const PLAIN: [(&str, &str); 7] = [
    ("upper case", "Transfer-Encoding: ChUnKeD\r\n\r\n0\r\n\r\n"),
    (
        "an extension",
        "Transfer-Encoding: chunked\r\n\r\n4;a=b\r\n{}  \r\n0\r\n\r\n",
    ),
    (
        "zeros before the size",
        "Transfer-Encoding: chunked\r\n\r\n0000000000000000000004\r\n{}  \r\n0\r\n\r\n",
    ),
    (
        "a trailer",
        "Transfer-Encoding: chunked\r\n\r\n0\r\nTransfer-Encoding: x\r\n\r\n",
    ),
    (
        "a header of a similar name",
        "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ),
    ("zeros before the length", "Content-Length: 0004\r\n\r\n{}  "),
    ("a blank after the length", "Content-Length: 4 \r\n\r\n{}  "),
];

fn chunked(chunks: &str) -> String {
    format!("Transfer-Encoding: chunked\r\n\r\n{chunks}")
}

/// A request with this after its first two lines, and another one behind it.
fn with_another(number: usize, rest: &str) -> String {
    format!(
        "POST /api/outer-{number} HTTP/1.1\r\nHost: a\r\n{rest}\
         GET /api/inner-{number} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_hidden_in_another() {
    let siege = Siege::begin(options()).await;
    let address = siege.app.address();
    for (number, (name, rest)) in AMBIGUOUS.into_iter().enumerate() {
        let text = exchange(address, with_another(number, rest).as_bytes()).await;
        assert!(
            text.starts_with("HTTP/1.1 400 ") && answers(&text) == 1,
            "{name}: {text}"
        );
    }
    for (name, chunks) in BROKEN {
        let text = exchange(address, with_another(50, &chunked(chunks)).as_bytes()).await;
        assert!(answers(&text) == 1 && !text.contains("/api/inner"), "{name}: {text}");
    }
    for (name, rest) in PLAIN {
        let text = exchange(address, with_another(51, rest).as_bytes()).await;
        assert!(answers(&text) == 2 && text.contains("/api/inner-51"), "{name}: {text}");
    }
    let inner = |log: &str| {
        let paths = paths(log).into_iter();
        paths.filter(|path| path.starts_with("/api/inner-")).collect::<Vec<_>>()
    };
    let log = siege.log_until(|log| inner(log).len() >= PLAIN.len()).await;
    assert_eq!(inner(&log), ["/api/inner-51"; PLAIN.len()]);
    let what = format!("{} ambiguous requests", AMBIGUOUS.len() + BROKEN.len());
    siege
        .end(
            &what,
            "one answer each, the connection closed, nothing behind it read",
            ORDINARY,
        )
        .await;
}

/// The paths of all requests that a log tells of.
fn paths(log: &str) -> Vec<String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter_map(|line| Some(line["path"].as_str()?.to_owned()))
        .collect()
}

/// Those that are asked for here.
fn ours(mut paths: Vec<String>) -> Vec<String> {
    let starts = ["/api/outer-", "/api/inner-", "/api/victim-"];
    paths.retain(|path| starts.iter().any(|start| path.starts_with(start)));
    paths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_both_see_the_same_requests_and_nobody_gets_the_answer_of_another() {
    let siege = Siege::begin(options()).await;
    let server = siege.app.address().to_string();
    let proxy = Proxy::nginx([&server, &server]).await;
    let broken = BROKEN.map(|(name, chunks)| (name, chunked(chunks)));
    let others = AMBIGUOUS
        .into_iter()
        .chain(PLAIN)
        .map(|(name, rest)| (name, rest.to_owned()));
    let cases: Vec<_> = others.chain(broken).collect();
    for (number, (name, rest)) in cases.iter().enumerate() {
        exchange(proxy.address(), with_another(number, rest).as_bytes()).await;
        // Whoever comes next over the connections that nginx keeps to the server.
        for _ in 0..2 {
            let path = format!("/api/victim-{number}");
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let text = exchange(proxy.address(), request.as_bytes()).await;
            let own = answers(&text) == 1 && text.contains(&format!("\"instance\":\"{path}\""));
            assert!(own, "{name}: {text}");
        }
    }
    let mut passed = ours(proxy.passed());
    // The log is written behind the answers.
    let seen = siege.log_until(|log| ours(paths(log)).len() >= passed.len()).await;
    let mut seen = ours(paths(&seen));
    passed.sort();
    seen.sort();
    assert!(passed.len() >= 2 * cases.len());
    assert_eq!(seen, passed, "nginx and the server part requests at different places");
    let what = format!("{} such requests through nginx", cases.len());
    siege
        .end(
            &what,
            "both count the same requests; the next client gets its own answer",
            ORDINARY,
        )
        .await;
}
