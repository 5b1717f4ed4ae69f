use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use serde_json::json;
use tenon_tests::waiting::until;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::filling::sqlite;
use crate::tenon::{Folder, PATIENCE, Serving, newcomer};

/// Says that the server has taken up the request and waits for its body.
const CONTINUE: [u8; 25] = *b"HTTP/1.1 100 Continue\r\n\r\n";

/// So many assets everybody has added who adds in the end.
const ENOUGH: usize = 10;

/// A registration of which the server has the head and half of the body.
struct Half {
    stream: TcpStream,
    rest: String,
}

impl Half {
    async fn send(server: &Serving) -> Self {
        let body = newcomer().to_string();
        let (half, rest) = body.split_at(body.len() / 2);
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!(
            "POST /api/auth/register HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\n\r\n",
            server.address(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut invitation = [0; CONTINUE.len()];
        stream.read_exact(&mut invitation).await.unwrap();
        assert_eq!(invitation, CONTINUE);
        stream.write_all(half.as_bytes()).await.unwrap();
        Self {
            stream,
            rest: rest.to_owned(),
        }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn either_signal_ends_an_idle_server_with_success() {
    for signal in ["TERM", "INT"] {
        let folder = Folder::new();
        let server = folder.serve(&[]).await;
        let kept_alive = reqwest::Client::new();
        let answer = kept_alive
            .get(format!("{}/api/health", server.origin))
            .send()
            .await
            .unwrap();
        assert!(answer.text().await.unwrap().contains("healthy"));
        server.signal(signal).await;
        let finished = server.end().await;
        assert_eq!(finished.code, Some(0));
        assert!(
            finished.output.lines().last().unwrap().contains("\"stopped\""),
            "{}",
            finished.output
        );
    }
}

#[tokio::test]
async fn a_request_that_had_begun_is_answered_before_the_end() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]).await;
    let half = Half::send(&server).await;
    server.signal("TERM").await;
    server.wait_for_log("stopping").await;
    let answer = half.finish().await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(server.end().await.code, Some(0));
}

/// Adds assets one after the other until the server is gone, and counts them.
async fn add_until_the_end(url: &str, token: &str, added: &AtomicUsize) {
    let client = reqwest::Client::new();
    let asset = json!({ "title": "Main pump" });
    while let Ok(answer) = client.post(url).bearer_auth(token).json(&asset).send().await {
        assert_eq!(answer.status(), 201);
        added.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn everything_that_happened_before_the_end_is_told() {
    let folder = Folder::new();
    let server = folder.serve(&[("TENON__LIMITS__API_PER_MINUTE", "1000000")]).await;
    let token = server.register().await;
    let url = format!("{}/api/assets", server.origin);
    let added: [AtomicUsize; 8] = Default::default();
    let adding = join_all(added.iter().map(|added| add_until_the_end(&url, &token, added)));
    let stopping = async {
        let is_enough = |added: &AtomicUsize| added.load(Ordering::Relaxed) >= ENOUGH;
        until("everybody adds", PATIENCE, async || added.iter().all(is_enough)).await;
        server.signal("TERM").await;
    };
    tokio::join!(adding, stopping);
    assert_eq!(server.end().await.code, Some(0));
    let untold = sqlite(&folder.path("data/tenon.db"), "SELECT count(*) FROM outbox");
    assert_eq!(untold, "0\n");
}

#[tokio::test]
async fn a_second_signal_ends_everything_at_once_with_failure() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]).await;
    let half = Half::send(&server).await;
    server.signal("TERM").await;
    server.wait_for_log("stopping").await;
    server.signal("INT").await;
    let finished = server.end().await;
    assert_eq!(finished.code, Some(1));
    assert!(finished.output.contains("stopping at once"));
    drop(half);
}

#[tokio::test]
async fn tenon_health_succeeds_while_the_server_is_ready_and_fails_after() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let port = server.address().rsplit_once(':').unwrap().1.to_owned();
    let variables = [("PORT", port.as_str())];
    assert_eq!(folder.run(&["health"], &variables).await.code, Some(0));
    server.stop().await;
    assert_eq!(folder.run(&["health"], &variables).await.code, Some(1));
}
