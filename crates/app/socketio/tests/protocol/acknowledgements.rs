use crate::server::{Server, patient};

const PLACE: &str = "{\"_placeholder\":true,\"num\":0}";

#[actix_web::test]
async fn an_event_is_acknowledged_with_its_number() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    for id in ["0", "456", "9223372036854775807"] {
        socket
            .send(&format!("42{id}[\"message-with-ack\",1,\"2\",{{\"3\":[false]}}]"))
            .await;
        assert_eq!(socket.text().await, format!("43{id}[1,\"2\",{{\"3\":[false]}}]"));
    }
    socket.send("40/custom,").await;
    socket.text().await;
    socket.text().await;
    socket.send("42/custom,7[\"message-with-ack\"]").await;
    assert_eq!(socket.text().await, "43/custom,7[]");
}

#[actix_web::test]
async fn an_event_with_bytes_is_acknowledged_with_bytes() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    let place = "{\"_placeholder\":true,\"num\":1}";
    socket
        .send(&format!("452-789[\"message-with-ack\",{PLACE},{place}]"))
        .await;
    socket.send_bytes(&[1, 2, 3]).await;
    socket.send_bytes(&[4, 5, 6]).await;
    assert_eq!(socket.text().await, format!("462-789[{PLACE},{place}]"));
    assert_eq!(socket.bytes().await, [1, 2, 3]);
    assert_eq!(socket.bytes().await, [4, 5, 6]);
}

#[actix_web::test]
async fn a_client_acknowledges_events_of_the_server() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"ask\",1]").await;
    socket.send("42[\"ask\",2]").await;
    assert_eq!(socket.text().await, "420[\"question\",1]");
    assert_eq!(socket.text().await, "421[\"question\",2]");
    socket.send("431[\"two\"]").await;
    assert_eq!(socket.text().await, "42[\"answered\",\"two\"]");
    socket.send("430[\"one\",1]").await;
    assert_eq!(socket.text().await, "42[\"answered\",\"one\",1]");
}

#[actix_web::test]
async fn a_client_acknowledges_with_bytes() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"ask\"]").await;
    assert_eq!(socket.text().await, "420[\"question\"]");
    socket.send(&format!("461-0[{PLACE}]")).await;
    socket.send_bytes(&[7]).await;
    assert_eq!(socket.text().await, format!("451-[\"answered\",{PLACE}]"));
    assert_eq!(socket.bytes().await, [7]);
}

#[actix_web::test]
async fn an_acknowledgement_that_nobody_waits_for_is_passed_over() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("4317[1]").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
}

#[actix_web::test]
async fn whoever_waits_for_a_client_that_goes_is_told() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"ask\"]").await;
    assert_eq!(socket.text().await, "420[\"question\"]");
    drop(socket);
    server.noted("unanswered").await;
}

#[actix_web::test]
async fn attachments_that_are_missing_or_not_announced_close_the_connection() {
    let server = Server::start(patient());
    let mut missing = server.join().await;
    missing.send(&format!("451-[\"message\",{PLACE}]")).await;
    missing.send("42[\"message\"]").await;
    assert_eq!(missing.closed().await, Some(1002));
    let mut extra = server.join().await;
    extra.send_bytes(&[1]).await;
    assert_eq!(extra.closed().await, Some(1002));
    let mut misplaced = server.join().await;
    misplaced
        .send("451-[\"message\",{\"_placeholder\":true,\"num\":7}]")
        .await;
    misplaced.send_bytes(&[1]).await;
    assert_eq!(misplaced.closed().await, Some(1002));
}

#[actix_web::test]
async fn more_than_ten_attachments_close_the_connection() {
    let server = Server::start(patient());
    let places: Vec<_> = (0..11)
        .map(|number| format!("{{\"_placeholder\":true,\"num\":{number}}}"))
        .collect();
    let mut socket = server.join().await;
    socket
        .send(&format!("4510-[\"message\",{}]", places[..10].join(",")))
        .await;
    for number in 0..10 {
        socket.send_bytes(&[number]).await;
    }
    assert!(socket.text().await.starts_with("4510-[\"message-back\","));
    for number in 0..10 {
        assert_eq!(socket.bytes().await, [number]);
    }
    socket.send(&format!("4511-[\"message\",{}]", places.join(","))).await;
    assert_eq!(socket.closed().await, Some(1002));
}

#[actix_web::test]
async fn a_ping_between_a_packet_and_its_attachments_does_not_matter() {
    let mut settings = patient();
    settings.ping_interval = std::time::Duration::from_secs(1);
    let mut server = Server::start(settings);
    let mut socket = server.join().await;
    socket.send(&format!("451-[\"message\",{PLACE}]")).await;
    assert_eq!(socket.text().await, "2");
    socket.send("3").await;
    server.noted("/ ponged").await;
    socket.send_bytes(&[1]).await;
    while socket.text().await == "2" {}
    assert_eq!(socket.bytes().await, [1]);
}
