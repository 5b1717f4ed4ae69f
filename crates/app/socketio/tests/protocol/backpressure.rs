use std::time::Duration;

use tenon_socketio::{EngineSettings, Outbox};

use crate::client::receive;
use crate::server::{Server, patient};

fn narrow() -> EngineSettings {
    let mut settings = patient();
    settings.outbox = Outbox {
        frames: 10,
        bytes: 1_000_000,
    };
    settings
}

#[actix_web::test]
async fn a_client_that_does_not_poll_is_sent_no_more_than_may_wait() {
    let mut server = Server::start(narrow());
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"flood\",10]").await.body, "ok");
    server.noted("/ flooded 10, 10 wait").await;
    let body = poller.poll().await.body;
    assert_eq!(body.split('\u{1e}').count(), 10);
    server.noted("/ drained").await;
    let mut settings = narrow();
    settings.outbox.bytes = 1000;
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    poller.post("42[\"flood\",500]").await;
    server.noted("/ flooded 1, 1 wait").await;
}

#[actix_web::test]
async fn a_websocket_that_is_not_read_is_sent_no_more_than_may_wait() {
    let mut server = Server::start(narrow());
    let mut socket = server.join().await;
    socket.send("42[\"flood\",100000]").await;
    let note = loop {
        let note = server.note().await;
        if note.starts_with("/ flooded") {
            break note;
        }
    };
    let waiting: usize = note
        .split(", ")
        .nth(1)
        .unwrap()
        .strip_suffix(" wait")
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=10).contains(&waiting), "{note}");
    let sent: usize = note
        .split(", ")
        .next()
        .unwrap()
        .strip_prefix("/ flooded ")
        .unwrap()
        .parse()
        .unwrap();
    for _ in 0..sent {
        assert_eq!(socket.text().await.len(), 100_000 + 14);
    }
    server.noted("/ drained").await;
}

#[actix_web::test]
async fn a_client_that_takes_nothing_is_closed() {
    let mut settings = narrow();
    settings.stalled = Duration::from_millis(300);
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    poller.post("42[\"count\",1]").await;
    server.noted("/ Stalled").await;
    poller.is_gone().await;
    let mut socket = server.join().await;
    socket.send("42[\"stream\"]").await;
    server.noted("/ Stalled").await;
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn an_upgraded_client_that_takes_nothing_is_closed() {
    let mut settings = narrow();
    settings.stalled = Duration::from_millis(300);
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket.send("5").await;
    socket.send("42[\"stream\"]").await;
    server.noted("/ Stalled").await;
}

#[actix_web::test]
async fn a_post_waits_while_the_socket_is_held() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let post = poller.start_post("42[\"hold\"]\u{1e}42[\"after\"]").await;
    server.noted("/ holds").await;
    assert_eq!(server.note().await, "released");
    assert_eq!(server.note().await, "/ event after");
    assert_eq!(receive(post).await.body, "ok");
}

#[actix_web::test]
async fn a_websocket_is_not_read_while_the_socket_is_held() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"hold\"]").await;
    socket.send("42[\"hold\"]").await;
    socket.send("42[\"after\"]").await;
    server.noted("/ holds").await;
    assert_eq!(server.note().await, "released");
    assert_eq!(server.note().await, "/ holds");
    assert_eq!(server.note().await, "released");
    assert_eq!(server.note().await, "/ event after");
}

#[actix_web::test]
async fn an_upgraded_socket_is_held_too_and_nothing_is_lost() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket.send("5").await;
    socket.send("42[\"hold\"]").await;
    server.noted("/ holds").await;
    for number in 0..100 {
        socket.send(&format!("42[\"n{number}\"]")).await;
    }
    assert_eq!(server.note().await, "released");
    for number in 0..100 {
        assert_eq!(server.note().await, format!("/ event n{number}"));
    }
}

#[actix_web::test]
async fn a_client_that_posts_and_does_not_poll_is_not_listened_to_before_it_does() {
    let server = Server::start(narrow());
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"count\",20]").await.body, "ok");
    let post = poller.start_post("42[\"message\",1]").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!poller.poll().await.body.contains("message-back"));
    assert_eq!(receive(post).await.body, "ok");
    assert_eq!(poller.poll().await.body, "42[\"message-back\",1]");
}
