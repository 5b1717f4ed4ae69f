use std::num::NonZeroU32;

use tokio_tungstenite::tungstenite::Message;

use crate::client::Socket;
use crate::server::{Server, patient};

/// A server to which a session may send so many packets in a minute.
fn server(packets: u32) -> Server {
    let mut settings = patient();
    settings.packets_per_minute = NonZeroU32::new(packets).unwrap();
    Server::start(settings)
}

/// The next that comes is the end, because of one packet too many.
async fn is_ended(socket: &mut Socket) {
    let Some(Message::Close(Some(close))) = socket.next().await else {
        panic!("the connection goes on");
    };
    assert_eq!(u16::from(close.code), 4429);
    assert_eq!(close.reason.as_str(), "too many frames in a minute");
}

#[actix_web::test]
async fn one_event_too_many_ends_the_connection_after_every_handler_was_told() {
    let mut server = server(5);
    let mut socket = server.join().await;
    socket.send("40/custom,").await;
    assert!(socket.text().await.starts_with("40/custom,"));
    assert_eq!(socket.text().await, "42/custom,[\"auth\",{}]");
    for number in 0..3 {
        socket.send(&format!("42[\"message\",{number}]")).await;
        assert_eq!(socket.text().await, format!("42[\"message-back\",{number}]"));
    }
    socket.send("42/custom,[\"one-too-many\"]").await;
    assert_eq!(socket.text().await, "42[\"too-much\"]");
    assert_eq!(socket.text().await, "42/custom,[\"too-much\"]");
    is_ended(&mut socket).await;
    let notes = [
        server.note().await,
        server.note().await,
        server.note().await,
        server.note().await,
    ];
    assert_eq!(notes, ["/ too much", "/custom too much", "/ Ended", "/custom Ended"]);
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn each_session_has_its_own_minute() {
    let server = server(2);
    let (mut one, mut other) = (server.join().await, server.join().await);
    for socket in [&mut one, &mut other] {
        socket.send("42[\"message\",1]").await;
        assert_eq!(socket.text().await, "42[\"message-back\",1]");
    }
    one.send("42[\"message\",2]").await;
    assert_eq!(one.text().await, "42[\"too-much\"]");
    is_ended(&mut one).await;
    other.send("42[\"message\",2]").await;
    assert_eq!(other.text().await, "42[\"too-much\"]");
    is_ended(&mut other).await;
}

#[actix_web::test]
async fn entering_and_leaving_a_namespace_counts() {
    let mut server = server(5);
    let mut socket = server.connect().await;
    for _ in 0..2 {
        socket.enter().await;
        socket.send("41").await;
    }
    socket.enter().await;
    socket.send("41").await;
    assert_eq!(socket.text().await, "42[\"too-much\"]");
    is_ended(&mut socket).await;
    server.noted("/ too much").await;
    assert_eq!(server.note().await, "/ Ended");
}

#[actix_web::test]
async fn asking_to_enter_counts_when_it_is_refused() {
    let server = server(3);
    let refused = "44/private,{\"message\":\"Authentication token required\"}";
    let mut socket = server.connect().await;
    for _ in 0..3 {
        socket.send("40/private,").await;
        assert_eq!(socket.text().await, refused);
    }
    socket.send("40/private,").await;
    is_ended(&mut socket).await;
    let poller = server.open().await;
    let asked = ["40/private,"; 4].join("\u{1e}");
    assert_eq!(poller.post(&asked).await.body, "ok");
    assert_eq!(poller.poll().await.body, [refused; 3].join("\u{1e}"));
    assert_eq!(poller.poll().await.body, "1");
    poller.is_gone().await;
}

#[actix_web::test]
async fn acknowledgements_count_and_an_event_counts_once_with_its_attachments() {
    let server = server(4);
    let mut socket = server.join().await;
    let two = "[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";
    socket.send(&format!("452-{two}")).await;
    socket.send_bytes(&[1]).await;
    socket.send_bytes(&[2]).await;
    assert_eq!(
        socket.text().await,
        format!("452-{}", two.replace("message", "message-back"))
    );
    assert_eq!(socket.bytes().await, [1]);
    assert_eq!(socket.bytes().await, [2]);
    socket.send("430[]").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
    socket.send("430[]").await;
    assert_eq!(socket.text().await, "42[\"too-much\"]");
    is_ended(&mut socket).await;
}

#[actix_web::test]
async fn what_comes_in_one_post_counts_one_by_one() {
    let mut server = server(4);
    let poller = server.open().await;
    let mut packets = vec!["40".to_owned()];
    packets.extend((0..100).map(|number| format!("42[\"event-{number}\"]")));
    assert_eq!(poller.post(&packets.join("\u{1e}")).await.body, "ok");
    let said = poller.poll().await.body;
    assert!(said.ends_with("\u{1e}42[\"auth\",{}]\u{1e}42[\"too-much\"]"), "{said}");
    assert_eq!(poller.poll().await.body, "1");
    poller.is_gone().await;
    for number in 0..3 {
        assert_eq!(server.note().await, format!("/ event event-{number}"));
    }
    assert_eq!(server.note().await, "/ too much");
    assert_eq!(server.note().await, "/ Ended");
}

#[actix_web::test]
async fn the_minute_goes_on_after_an_upgrade() {
    let server = server(2);
    let poller = server.enter().await;
    let mut socket = server.websocket(&poller.upgrade()).await.unwrap();
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket.send("5").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
    socket.send("42[\"message\",2]").await;
    assert_eq!(socket.text().await, "42[\"too-much\"]");
    is_ended(&mut socket).await;
}

#[actix_web::test]
async fn a_handler_that_is_told_may_end_the_connection_itself() {
    let mut server = server(2);
    let mut socket = server.join().await;
    socket.send("42[\"close-floods\"]").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"too-much\"]");
    assert_eq!(socket.closed().await, Some(4002));
    assert_eq!(server.note().await, "/ too much");
    assert_eq!(server.note().await, "/ Ended");
}

#[actix_web::test]
async fn a_malformed_packet_closes_the_connection_before_too_many_came() {
    let mut server = server(3);
    let mut socket = server.join().await;
    socket.send("42[\"message\"").await;
    assert_eq!(socket.closed().await, Some(1002));
    assert_eq!(server.note().await, "/ Violation");
}
