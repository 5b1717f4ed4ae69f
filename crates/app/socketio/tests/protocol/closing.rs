use crate::client::receive;
use crate::server::{Server, patient};

#[actix_web::test]
async fn a_client_that_polls_and_goes_has_its_poll_ended() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let (poll, post) = (poller.start_poll().await, poller.start_post("1").await);
    assert_eq!(receive(poll).await.body, "6");
    assert_eq!(receive(post).await.body, "ok");
    poller.is_gone().await;
    server.noted("/ Left").await;
}

#[actix_web::test]
async fn a_client_that_goes_without_a_poll_is_gone() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"last\"]\u{1e}1\u{1e}42[\"late\"]").await.body, "ok");
    poller.is_gone().await;
    server.noted("/ event last").await;
    assert_eq!(server.note().await, "/ Left");
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn a_websocket_that_says_it_goes_is_closed() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("1").await;
    assert_eq!(socket.closed().await, Some(1000));
    server.noted("/ Left").await;
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn a_websocket_that_goes_away_is_gone() {
    let mut server = Server::start(patient());
    drop(server.join().await);
    server.noted("/ Left").await;
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn a_message_that_is_too_large_closes_a_websocket() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    let text = format!("42[\"message\",\"{}\"]", "x".repeat(1_000_000));
    socket.send(&text).await;
    assert_eq!(socket.closed().await, Some(1009));
}

#[actix_web::test]
async fn a_server_that_closes_a_websocket_sends_what_waits() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"close-me\"]").await;
    assert_eq!(socket.text().await, "42[\"bye\"]");
    assert_eq!(socket.closed().await, Some(4000));
    server.noted("/ Ended").await;
    let mut socket = server.join().await;
    socket.send("42[\"abort-me\"]").await;
    assert_eq!(socket.closed().await, Some(4001));
    server.noted("/ Ended").await;
}

#[actix_web::test]
async fn a_server_that_closes_a_session_that_polls_sends_what_waits() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"close-me\"]").await.body, "ok");
    assert_eq!(poller.post("42[\"late\"]").await.error(), (400, 1));
    assert_eq!(poller.poll().await.body, "42[\"bye\"]");
    assert_eq!(poller.poll().await.body, "1");
    poller.is_gone().await;
    server.noted("/ Ended").await;
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"abort-me\"]").await.body, "ok");
    poller.is_gone().await;
    server.noted("/ Ended").await;
}

#[actix_web::test]
async fn what_waits_of_a_closed_session_is_forgotten_when_nobody_polls() {
    let mut settings = patient();
    settings.ping_timeout = std::time::Duration::from_millis(100);
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    assert_eq!(poller.post("42[\"close-me\"]").await.body, "ok");
    server.noted("/ Ended").await;
    poller.is_gone().await;
    assert_eq!(server.engine.open(), 0);
}
