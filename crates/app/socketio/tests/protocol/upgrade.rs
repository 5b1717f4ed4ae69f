use std::time::Duration;

use crate::client::{Poller, Socket, receive};
use crate::server::{Server, patient};

async fn upgraded(server: &Server, poller: &Poller) -> Socket {
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket.send("5").await;
    socket
}

#[actix_web::test]
async fn a_probe_is_answered_and_ends_the_poll_that_waits() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let poll = poller.start_poll().await;
    poller.post("42[\"noted\"]").await;
    server.noted("/ event noted").await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    assert_eq!(receive(poll).await.body, "6");
    assert_eq!(poller.poll().await.body, "6");
    socket.send("5").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
}

#[actix_web::test]
async fn after_the_upgrade_requests_are_error_3() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let mut socket = upgraded(&server, &poller).await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
    assert_eq!(poller.poll().await.error(), (400, 3));
    assert_eq!(poller.post("4x").await.error(), (400, 3));
    socket.send("42[\"message\",2]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",2]");
}

#[actix_web::test]
async fn a_poll_that_meets_the_end_of_an_upgrade_is_ended() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    let poll = poller.start_poll().await;
    socket.send("5").await;
    let reply = receive(poll).await;
    assert!(reply.body == "6" || reply.error() == (400, 3), "{reply:?}");
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
}

#[actix_web::test]
async fn another_websocket_of_the_session_is_closed() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    let mut early = server.websocket(&poller.upgrade()).await.unwrap();
    assert_eq!(early.closed().await, Some(1008));
    socket.send("5").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
    let mut late = server.websocket(&poller.upgrade()).await.unwrap();
    assert_eq!(late.closed().await, Some(1008));
    socket.send("42[\"message\",2]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",2]");
}

#[actix_web::test]
async fn an_upgrade_that_is_not_completed_in_time_is_closed_and_polling_goes_on() {
    let mut settings = patient();
    settings.upgrade_timeout = Duration::from_millis(500);
    let server = Server::start(settings);
    let poller = server.enter().await;
    let mut silent = server.websocket(&poller.upgrade()).await.unwrap();
    assert_eq!(silent.closed().await, Some(1008));
    let mut probed = server.websocket(&poller.upgrade()).await.unwrap();
    probed.send("2probe").await;
    assert_eq!(probed.text().await, "3probe");
    assert_eq!(probed.closed().await, Some(1008));
    drop(probed);
    poller.post("42[\"message\",1]").await;
    assert_eq!(poller.poll().await.body, "42[\"message-back\",1]");
    let mut socket = upgraded(&server, &poller).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    socket.send("42[\"message\",2]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",2]");
}

#[actix_web::test]
async fn a_websocket_that_says_something_else_is_closed_and_polling_goes_on() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    for packet in ["5", "2", "4x", "3probe", "2probe2", ""] {
        let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
        socket.send(packet).await;
        assert_eq!(socket.closed().await, Some(1002), "{packet}");
        // Its place is free once its connection is gone.
        while socket.next().await.is_some() {}
        poller.post("42[\"message\",1]").await;
        assert_eq!(poller.poll().await.body, "42[\"message-back\",1]");
    }
}

#[actix_web::test]
async fn nothing_is_lost_or_doubled_or_out_of_order_by_an_upgrade() {
    let server = Server::start(patient());
    for round in 0..20 {
        let poller = server.enter().await;
        // The numbers are under way while the transport changes.
        let first = poller.start_post("42[\"count\",500]").await;
        let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
        socket.send("2probe").await;
        assert_eq!(socket.text().await, "3probe");
        assert_eq!(receive(first).await.body, "ok");
        let mut got: Vec<String> = Vec::new();
        if round % 2 == 0 {
            let body = poller.poll().await.body;
            got.extend(body.split('\u{1e}').filter(|packet| *packet != "6").map(str::to_owned));
        }
        socket.send("5").await;
        socket.send("42[\"message\",\"last\"]").await;
        while got
            .last()
            .is_none_or(|packet| packet != "42[\"message-back\",\"last\"]")
        {
            got.push(socket.text().await);
        }
        got.pop();
        let expected: Vec<_> = (0..500).map(|number| format!("42[\"count\",{number}]")).collect();
        assert_eq!(got, expected);
    }
}

#[actix_web::test]
async fn bytes_are_frames_after_the_upgrade() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let mut socket = upgraded(&server, &poller).await;
    socket.send("451-[\"message\",{\"_placeholder\":true,\"num\":0}]").await;
    socket.send_bytes(&[1, 2, 3]).await;
    assert_eq!(
        socket.text().await,
        "451-[\"message-back\",{\"_placeholder\":true,\"num\":0}]"
    );
    assert_eq!(socket.bytes().await, [1, 2, 3]);
}

#[actix_web::test]
async fn an_upgraded_session_is_pinged_and_ends_with_its_websocket() {
    let mut settings = patient();
    settings.ping_interval = Duration::from_secs(1);
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    let mut socket = upgraded(&server, &poller).await;
    assert_eq!(socket.text().await, "2");
    socket.send("3").await;
    server.noted("/ ponged").await;
    socket.send("42[\"last\"]").await;
    drop(socket);
    server.noted("/ event last").await;
    server.noted("/ Left").await;
    poller.is_gone().await;
}

#[actix_web::test]
async fn an_upgraded_session_that_does_not_answer_is_closed() {
    let mut settings = patient();
    (settings.ping_interval, settings.ping_timeout) = (Duration::from_secs(1), Duration::from_millis(200));
    let mut server = Server::start(settings);
    let poller = server.enter().await;
    let mut socket = upgraded(&server, &poller).await;
    assert_eq!(socket.closed().await, Some(4408));
    server.noted("/ Silent").await;
}

#[actix_web::test]
async fn a_bad_packet_ends_an_upgraded_session() {
    let mut server = Server::start(patient());
    for packet in ["2", "abc", "4abc", "42[\"connect\"]"] {
        let poller = server.enter().await;
        let mut socket = upgraded(&server, &poller).await;
        socket.send(packet).await;
        assert_eq!(socket.closed().await, Some(1002), "{packet}");
        server.noted("/ Violation").await;
    }
}
