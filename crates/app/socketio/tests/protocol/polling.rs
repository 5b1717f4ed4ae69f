use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::client::{receive, send};
use crate::server::{Server, patient};

#[actix_web::test]
async fn a_post_is_answered_with_ok_as_html() {
    let server = Server::start(patient());
    let poller = server.open().await;
    let reply = poller.post("40").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "ok"));
    assert!(reply.head.contains("content-type: text/html"), "{}", reply.head);
    let reply = poller.poll().await;
    assert!(
        reply.head.contains("content-type: text/plain; charset=utf-8"),
        "{}",
        reply.head
    );
}

#[actix_web::test]
async fn several_packets_go_both_ways_in_order() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    poller
        .post("42[\"message\",1]\u{1e}42[\"message\",\"é\"]\u{1e}42[\"message\",3]")
        .await;
    let body = poller.poll().await.body;
    assert_eq!(
        body,
        "42[\"message-back\",1]\u{1e}42[\"message-back\",\"é\"]\u{1e}42[\"message-back\",3]"
    );
}

#[actix_web::test]
async fn bytes_are_base64_on_polling() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let place = "{\"_placeholder\":true,\"num\":0}";
    poller.post(&format!("451-[\"message\",{place}]\u{1e}bAQIDBA==")).await;
    let body = poller.poll().await.body;
    assert_eq!(body, format!("451-[\"message-back\",{place}]\u{1e}bAQIDBA=="));
}

#[actix_web::test]
async fn a_poll_waits_until_there_is_something_to_say() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let poll = poller.start_poll().await;
    poller.post("42[\"message\",1]").await;
    assert_eq!(receive(poll).await.body, "42[\"message-back\",1]");
}

#[actix_web::test]
async fn a_poll_is_answered_with_as_many_packets_as_fit() {
    let mut settings = patient();
    settings.max_payload = 100;
    let server = Server::start(settings);
    let poller = server.enter().await;
    poller.post("42[\"count\",1000]").await;
    let mut all = Vec::new();
    while all.len() < 1000 {
        let body = poller.poll().await.body;
        assert!(body.len() <= 100 && body.len() > 80, "{body}");
        all.extend(body.split('\u{1e}').map(str::to_owned));
        if all.len() > 990 {
            break;
        }
    }
    for (number, packet) in all.iter().enumerate() {
        assert_eq!(*packet, format!("42[\"count\",{number}]"));
    }
}

#[actix_web::test]
async fn a_packet_that_is_larger_than_a_payload_goes_alone() {
    let mut settings = patient();
    settings.max_payload = 60;
    let server = Server::start(settings);
    let poller = server.open().await;
    poller.post("40").await;
    let body = poller.poll().await.body;
    assert!(body.starts_with("40{") && body.ends_with("42[\"auth\",{}]"), "{body}");
    poller.post(&format!("42[\"message\",\"{}\"]", "x".repeat(40))).await;
    assert_eq!(poller.poll().await.body.len(), 61);
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_413_and_ends_the_session() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let body = format!("4{}", "x".repeat(1_000_000));
    assert_eq!(poller.post(&body).await.status, 413);
    poller.is_gone().await;
    server.noted("/ Violation").await;
}

#[actix_web::test]
async fn a_body_that_grows_too_large_is_413_too() {
    let server = Server::start(patient());
    let poller = server.open().await;
    let head = format!(
        "POST /engine?{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        poller.query
    );
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 600_000, "x".repeat(600_000));
    stream.write_all(chunk.as_bytes()).await.unwrap();
    let _ = stream.write_all(chunk.as_bytes()).await;
    assert_eq!(receive(stream).await.status, 413);
    poller.is_gone().await;
}

#[actix_web::test]
async fn a_body_as_large_as_allowed_is_taken() {
    let server = Server::start(patient());
    let poller = server.enter().await;
    let body = format!("42[\"message\",\"{}\"]", "x".repeat(1_000_000 - 16));
    assert_eq!(body.len(), 1_000_000);
    assert_eq!(poller.post(&body).await.body, "ok");
    assert_eq!(poller.poll().await.body.len(), 1_000_005);
}

#[actix_web::test]
async fn a_bad_packet_is_400_and_ends_the_session() {
    let server = Server::start(patient());
    for body in [
        "abc",
        "",
        "2",
        "2probe",
        "5",
        "6",
        "0",
        "b$",
        "40\u{1e}",
        "4abc",
        "42[\"message\",1]",
        "451-[\"x\"]\u{1e}3\u{1e}4x",
    ] {
        let poller = server.open().await;
        assert_eq!(poller.post(body).await.error(), (400, 3), "{body}");
        poller.is_gone().await;
    }
    let poller = server.open().await;
    let bytes = "content-type: application/octet-stream\r\n";
    let reply = receive(send(server.address, "POST", &poller.query, bytes, b"40").await).await;
    assert_eq!(reply.error(), (400, 3));
    poller.is_gone().await;
    let poller = server.open().await;
    let reply = receive(send(server.address, "POST", &poller.query, "", &[b'4', 0xff]).await).await;
    assert_eq!(reply.error(), (400, 3));
    poller.is_gone().await;
}

#[actix_web::test]
async fn of_two_polls_at_once_the_first_is_closed_and_the_second_refused() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let first = poller.start_poll().await;
    // Once this is answered the poll before it has been taken.
    poller.post("42[\"noted\"]").await;
    server.noted("/ event noted").await;
    let second = poller.poll().await;
    let first = receive(first).await;
    let (waited, refused) = if first.status == 200 {
        (first, second)
    } else {
        (second, first)
    };
    assert_eq!((waited.status, waited.body.as_str()), (200, "1"));
    assert_eq!(refused.error(), (400, 3));
    poller.is_gone().await;
    server.noted("/ Violation").await;
}

#[actix_web::test]
async fn two_posts_at_once_end_the_session() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let waiting = poller.start_poll().await;
    let first = poller.start_post("42[\"hold\"]\u{1e}42[\"message\",1]").await;
    server.noted("/ holds").await;
    assert_eq!(poller.post("42[\"message\",2]").await.error(), (400, 3));
    assert_eq!(receive(first).await.error(), (400, 3));
    assert_eq!(receive(waiting).await.body, "1");
    poller.is_gone().await;
    server.noted("/ Violation").await;
}

#[actix_web::test]
async fn a_poll_whose_client_goes_away_ends_the_session() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let poll = poller.start_poll().await;
    poller.post("42[\"noted\"]").await;
    server.noted("/ event noted").await;
    drop(poll);
    server.noted("/ Left").await;
    poller.is_gone().await;
}

#[actix_web::test]
async fn a_post_whose_client_goes_away_ends_the_session() {
    let mut server = Server::start(patient());
    let poller = server.enter().await;
    let head = format!(
        "POST /engine?{} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n4",
        poller.query
    );
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    server.noted("/ Violation").await;
    poller.is_gone().await;
}

#[actix_web::test]
async fn a_body_that_never_ends_does_not_outlive_its_session() {
    let mut settings = patient();
    (settings.ping_interval, settings.ping_timeout) = (Duration::from_millis(100), Duration::from_millis(100));
    let mut server = Server::start(settings);
    let poller = server.open().await;
    let head = format!(
        "POST /engine?{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9\r\n\r\n4",
        poller.query
    );
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(receive(stream).await.error(), (400, 1));
    poller.is_gone().await;
    assert!(!server.has_notes());
}
