use reqwest::Method;
use tenon_tests::app::{Client, Options, Transport};
use tenon_tests::race::race;

use crate::siege::{Siege, options};

const BASE: &str = "/socket.io/?EIO=4&transport=polling";
const TEXT: &str = "text/plain;charset=UTF-8";

/// A session has a mailbox and an entry, some KiB.
const GROWTH: u64 = 48;

/// That are left alone.
const SESSIONS: usize = 1_000;

/// More clients would wait for one another here.
const AT_ONCE: usize = 50;

/// Of each payload that is too much.
const POSTS: usize = 10;

/// A payload of more bytes is refused before it is read, and who sends it may see the connection end instead of the answer.
const LARGEST: usize = 64 * 1024;

fn many() -> Options {
    options().set("TENON__SOCKETS__PER_USER", "1000")
}

/// The path of a new session that polls.
async fn session(client: &Client) -> String {
    let opened = client.get(BASE).await.expect(200).text();
    let sid = opened
        .split("\"sid\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    format!("{BASE}&sid={sid}")
}

async fn posted(client: &Client, body: Vec<u8>) -> Option<u16> {
    let path = session(client).await;
    let answer = client.call(Method::POST, &path).body(TEXT, body).try_send().await;
    Some(answer?.status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payloads_that_are_too_much_end_their_sessions() {
    let siege = Siege::begin(many()).await;
    let packets = |packet: &str, count: usize| vec![packet; count].join("\u{1e}").into_bytes();
    let payloads = [
        ("ten megabytes", vec![b'4'; 10_000_000], [413, 400]),
        ("what is no UTF-8", vec![0xff; 1_000], [400, 400]),
        ("20,000 pongs", packets("3", 20_000), [200, 400]),
        ("10,000 connects", packets("40", 10_000), [200, 400]),
        ("separators", vec![0x1e; 60_000], [400, 400]),
        ("base64 of nothing", packets("b", 20_000), [200, 400]),
        (
            "attachments that never come",
            b"4510-[\"a\",{\"_placeholder\":true,\"num\":0}]".to_vec(),
            [200, 400],
        ),
        (
            "attachments by the million",
            b"451000000-[\"a\",{\"_placeholder\":true,\"num\":0}]".to_vec(),
            [400, 400],
        ),
        (
            "deep arguments",
            format!("42[\"a\",{}{}]", "[".repeat(5_000), "]".repeat(5_000)).into_bytes(),
            [400, 400],
        ),
        (
            "a long name",
            format!("42[\"{}\"]", "a".repeat(50_000)).into_bytes(),
            [400, 400],
        ),
    ];
    let sent = payloads.len() * POSTS;
    for (what, body, expected) in payloads {
        let posts = (0..POSTS).map(|_| {
            let (client, body) = (siege.app.anonymous(), body.clone());
            async move { posted(&client, body).await }
        });
        let fewest = if body.len() > LARGEST { 1 } else { POSTS };
        let statuses: Vec<u16> = race(posts.collect::<Vec<_>>()).await.into_iter().flatten().collect();
        assert!(statuses.len() >= fewest, "{what}: {} answers", statuses.len());
        let is_expected = |status: &u16| expected.contains(status);
        assert!(statuses.iter().all(is_expected), "{what}: {statuses:?}");
    }
    siege
        .end(
            &format!("{sent} payloads of Socket.IO that are too large, too many or malformed"),
            "413, 400, or the session ends",
            GROWTH,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_nobody_goes_on_with_take_little_and_keep_nobody_out() {
    let siege = Siege::begin(many()).await;
    for _ in 0..SESSIONS / AT_ONCE {
        let opens = (0..AT_ONCE).map(|_| {
            let client = siege.app.anonymous();
            async move { client.get(BASE).await.expect(200) }
        });
        race(opens.collect::<Vec<_>>()).await;
    }
    for transport in Transport::ALL {
        siege.ada.socketio_and_welcome(transport).await;
    }
    let guesses = (0..AT_ONCE).map(|number| {
        let client = siege.app.anonymous();
        async move { client.get(&format!("{BASE}&sid={number:024}")).await.status }
    });
    assert!(
        race(guesses.collect::<Vec<_>>())
            .await
            .iter()
            .all(|status| *status == 400)
    );
    siege
        .end(
            &format!("{SESSIONS} sessions that are opened and left, and guessed ones"),
            "others enter; 400 for a guess",
            GROWTH,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_too_large_end_the_connection() {
    let siege = Siege::begin(many()).await;
    for large in ["4".repeat(70_000), format!("42[\"a\",\"{}\"]", "x".repeat(1_000_000))] {
        let floods = (0..20).map(|_| {
            let (client, large) = (siege.app.anonymous(), large.clone());
            async move {
                let mut socket = client.socketio(Transport::WebSocket).await;
                // The server may close before it has taken everything.
                let _ = socket.send(&large).await;
                socket.ended().await
            }
        });
        race(floods.collect::<Vec<_>>()).await;
    }
    siege
        .end("40 frames of Socket.IO beyond 64 KiB", "the connection ends", GROWTH)
        .await;
}
