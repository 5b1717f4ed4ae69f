use std::time::{Duration, Instant};

use tenon_socketio::EngineSettings;

use crate::server::{Server, patient};

const INTERVAL: Duration = Duration::from_millis(1000);
const TIMEOUT: Duration = Duration::from_millis(500);

fn lively() -> EngineSettings {
    let mut settings = patient();
    (settings.ping_interval, settings.ping_timeout) = (INTERVAL, TIMEOUT);
    settings
}

#[actix_web::test]
async fn a_client_that_polls_is_pinged_after_the_interval_and_stays() {
    let mut server = Server::start(lively());
    let poller = server.enter().await;
    for _ in 0..3 {
        let since = Instant::now();
        assert_eq!(poller.poll().await.body, "2");
        assert!(since.elapsed() > INTERVAL / 2);
        assert_eq!(poller.post("3").await.body, "ok");
        server.noted("/ ponged").await;
    }
}

#[actix_web::test]
async fn a_websocket_is_pinged_after_the_interval_and_stays() {
    let mut server = Server::start(lively());
    let mut socket = server.join().await;
    for _ in 0..3 {
        let since = Instant::now();
        assert_eq!(socket.text().await, "2");
        assert!(since.elapsed() > INTERVAL / 2);
        socket.send("3").await;
        server.noted("/ ponged").await;
    }
}

#[actix_web::test]
async fn a_client_that_polls_and_does_not_answer_is_gone_after_the_timeout() {
    let mut server = Server::start(lively());
    let since = Instant::now();
    let poller = server.enter().await;
    assert_eq!(poller.poll().await.body, "2");
    let poll = poller.poll().await;
    assert_eq!(poll.body, "1");
    assert!(since.elapsed() >= INTERVAL + TIMEOUT);
    poller.is_gone().await;
    server.noted("/ Silent").await;
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn a_session_is_gone_when_its_time_is_over_even_if_nobody_has_looked() {
    let server = Server::start(lively());
    let poller = server.open().await;
    tokio::time::sleep(INTERVAL + TIMEOUT).await;
    poller.is_gone().await;
}

#[actix_web::test]
async fn a_websocket_that_does_not_answer_is_closed_after_the_timeout() {
    let mut server = Server::start(lively());
    let since = Instant::now();
    let mut socket = server.join().await;
    assert_eq!(socket.text().await, "2");
    assert_eq!(socket.closed().await, Some(4408));
    assert!(since.elapsed() >= INTERVAL + TIMEOUT);
    server.noted("/ Silent").await;
}

#[actix_web::test]
async fn a_pong_that_nobody_asked_for_is_no_sign_of_life() {
    let mut server = Server::start(lively());
    let mut socket = server.join().await;
    socket.send("3").await;
    socket.send("3").await;
    assert_eq!(socket.text().await, "2");
    assert_eq!(socket.closed().await, Some(4408));
    while let note = server.note().await
        && note != "/ Silent"
    {
        assert_ne!(note, "/ ponged");
    }
}

#[actix_web::test]
async fn a_ping_of_the_client_is_no_packet() {
    let server = Server::start(patient());
    for packet in ["2", "2probe", "3probe", "5", "6", "0", "bAA==", ""] {
        let mut socket = server.connect().await;
        socket.send(packet).await;
        assert_eq!(socket.closed().await, Some(1002), "{packet}");
    }
}

#[actix_web::test]
async fn a_client_that_enters_no_namespace_is_closed() {
    let mut settings = patient();
    settings.connect_timeout = Duration::from_millis(500);
    let server = Server::start(settings);
    let (mut socket, poller) = (server.connect().await, server.open().await);
    let mut joined = server.join().await;
    let poll = poller.poll().await;
    assert_eq!(poll.body, "1");
    poller.is_gone().await;
    assert_eq!(socket.closed().await, Some(1008));
    joined.send("42[\"message\",1]").await;
    assert_eq!(joined.text().await, "42[\"message-back\",1]");
    joined.send("41").await;
    assert_eq!(joined.closed().await, Some(1008));
}
