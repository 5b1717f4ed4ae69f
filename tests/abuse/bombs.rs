use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use tenon_tests::app::Answer;
use tenon_tests::race::race;

use crate::siege::{Siege, options};

const JSON: &str = "application/json";

/// Whatever takes a body.
const PATHS: [&str; 6] = [
    "/api/auth/login",
    "/api/assets",
    "/api/messages",
    "/api/devices",
    "/api/credentials",
    "/webhooks/graph",
];

/// What was sent, compressed, and a little for the connections: nothing of what it stands for.
const GROWTH: u64 = 24;

/// Blanks that become so many MiB.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = vec![b' '; 1024 * 1024];
    for _ in 0..mebibytes {
        writer.write_all(&blanks).unwrap();
    }
    writer.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compressed_body_is_refused_unread() {
    let siege = Siege::begin(options()).await;
    let bomb = bomb(200);
    let encodings = [
        "gzip",
        "br",
        "zstd",
        "deflate",
        "gzip, gzip",
        "GZIP",
        "x-gzip",
        "identity",
    ];
    let calls: Vec<_> = PATHS
        .iter()
        .flat_map(|path| encodings.map(|encoding| (path, encoding)))
        .map(|(path, encoding)| {
            let call = siege.ada.call(Method::POST, path).body(JSON, bomb.clone());
            let call = call.header("content-encoding", encoding);
            async move { call.try_send().await }
        })
        .collect();
    let (sent, mut refused) = (calls.len(), 0);
    // Whoever is refused before the body is read may see the connection end instead of the answer.
    for answer in race(calls).await.into_iter().flatten() {
        answer.problem(415, "unsupported_encoding");
        refused += 1;
    }
    assert!(refused * 2 > sent, "{refused} of {sent}");
    let what = format!("{sent} bodies of {} KB that stand for 200 MiB each", bomb.len() / 1000);
    siege.end(&what, "415 before the body is read", GROWTH).await;
}

/// What costs more to read than to write.
fn dense() -> Vec<(&'static str, String)> {
    let million = 1_000_000;
    vec![
        ("brackets", "[".repeat(million)),
        ("objects", "{\"a\":".repeat(million / 5)),
        ("numbers", format!("{{\"title\":{}}}", "9".repeat(million - 20))),
        ("an exponent", format!("{{\"title\":1e{}}}", "9".repeat(million - 20))),
        (
            "escapes",
            format!("{{\"title\":\"{}\"}}", "\\u0041".repeat(million / 7)),
        ),
        ("names", format!("{{{}\"title\":1}}", "\"a\":1,".repeat(million / 7))),
        (
            "tags",
            format!("{{\"title\":\"a\",\"tags\":[{}\"\"]}}", "\"\",".repeat(million / 4)),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_megabyte_of_dense_json_costs_no_more_than_it_weighs() {
    let siege = Siege::begin(options()).await;
    let calls: Vec<_> = dense()
        .into_iter()
        .flat_map(|(name, body)| (0..2).map(move |_| (name, body.clone())))
        .map(|(name, body)| {
            let call = siege.ada.call(Method::POST, "/api/assets").body(JSON, body);
            async move { (name, call.send().await) }
        })
        .collect();
    let sent = calls.len();
    let refused = |(name, answer): (&str, Answer)| assert_eq!(answer.status, 400, "{name}: {}", answer.text());
    race(calls).await.into_iter().for_each(refused);
    // Each is in memory once as it came and once as it was read, on as many threads as there are.
    siege
        .end(&format!("{sent} bodies of a megabyte of dense JSON"), "400", 160)
        .await;
}
