//! Probes of nodes on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::time::Duration;

use tenon_cluster::{NodeAddress, Reach, Unreachable};
use tenon_nodes::NetworkReach;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(5);

/// Something that accepts connections, and answers each with the same text once it was sent a whole request. Returns the head
/// of the first.
async fn serve(answer: &'static str) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = stream.read_u8().await.unwrap();
            head.push(byte);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        // Until the client goes: it does not wait for a body that was announced.
        stream.read_to_end(&mut Vec::new()).await.unwrap();
        String::from_utf8(head).unwrap()
    });
    (port, serving)
}

async fn probe(address: &str, patience: Duration) -> Result<Duration, Unreachable> {
    let reach = NetworkReach::new(patience).unwrap();
    reach.probe(&NodeAddress::parse(address).unwrap()).await
}

/// A port that nobody listens on.
async fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn whoever_accepts_a_connection_is_reachable_and_sees_it_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    assert!(probe(&address, PATIENCE).await.unwrap() < PATIENCE);
    let (mut stream, _) = listener.accept().await.unwrap();
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://localhost:{}", listener.local_addr().unwrap().port());
    assert!(probe(&address, PATIENCE).await.is_ok());
}

#[tokio::test]
async fn where_nobody_listens_the_connection_is_refused_by_tcp_and_by_http() {
    let port = closed().await;
    for scheme in ["tcp", "http", "https"] {
        let found = probe(&format!("{scheme}://127.0.0.1:{port}"), PATIENCE).await;
        assert_eq!(found, Err(Unreachable("connection refused".into())), "{scheme}");
    }
}

#[tokio::test]
async fn whoever_accepts_and_does_not_answer_http_is_out_of_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let found = probe(&address, Duration::from_millis(100)).await;
    assert_eq!(found, Err(Unreachable("timed out".into())));
}

#[tokio::test]
async fn any_status_below_500_is_a_sign_of_life_and_the_body_is_not_waited_for() {
    for status in ["200 OK", "204 No Content", "401 Unauthorized", "404 Not Found"] {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 1000000\r\n\r\n");
        let (port, serving) = serve(answer.leak()).await;
        let found = probe(&format!("http://127.0.0.1:{port}/health?deep=1"), PATIENCE).await;
        assert!(found.is_ok(), "{status}: {found:?}");
        assert!(serving.await.unwrap().starts_with("GET /health?deep=1 HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn a_failing_server_is_not_reachable() {
    let (port, _serving) = serve("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
    let found = probe(&format!("http://127.0.0.1:{port}/"), PATIENCE).await;
    assert_eq!(found, Err(Unreachable("answered 503".into())));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let port = closed().await;
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{port}/\r\ncontent-length: 0\r\n\r\n");
    let (port, _serving) = serve(answer.leak()).await;
    assert!(probe(&format!("http://127.0.0.1:{port}/"), PATIENCE).await.is_ok());
}

#[tokio::test]
async fn what_does_not_speak_http_is_told_in_a_few_words_without_its_address() {
    let (port, _serving) = serve("SSH-2.0-OpenSSH_9.9\r\n\r\n").await;
    let Unreachable(why) = probe(&format!("http://127.0.0.1:{port}/secret"), PATIENCE)
        .await
        .unwrap_err();
    assert!(!why.contains("secret") && why.len() < 200, "{why}");
}
