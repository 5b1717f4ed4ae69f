use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Person, Socket, TestApp, letter};
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;

use super::{numbers, pair, texts, unlimited};

/// A socket of bob's that was sent as many of 300 letters as come before some are acknowledged.
struct Full {
    sender: Socket,
    bob: Person,
    socket: Socket,
    first: Vec<Value>,
}

async fn full(app: &TestApp) -> Full {
    let (ada, bob) = pair(app).await;
    let (mut sender, mut socket) = (ada.socket().await, bob.socket().await);
    for number in 0..300 {
        sender.send_message(&letter(&bob, &number.to_string())).await;
    }
    let first = socket.messages(256).await;
    Full {
        sender,
        bob,
        socket,
        first,
    }
}

for_each_setup!(no_more_than_256_come_before_some_are_acknowledged, |setup| {
    let app = unlimited(setup).start().await;
    let Full { mut socket, first, .. } = full(&app).await;
    assert_eq!(texts(&first), numbers(0..256));
    assert!(!heard_more(&mut socket).await, "the window is full");
    socket.acknowledge(&first[9]["seq"]).await;
    assert_eq!(texts(&socket.messages(10).await), numbers(256..266));
    assert!(!heard_more(&mut socket).await);
    socket.acknowledge(&first[255]["seq"]).await;
    assert_eq!(texts(&socket.messages(34).await), numbers(266..300));
});

for_each_setup!(what_is_acknowledged_by_request_makes_room_on_a_socket, |setup| {
    let app = unlimited(setup).start().await;
    let Full {
        mut sender,
        bob,
        mut socket,
        first,
    } = full(&app).await;
    assert!(!heard_more(&mut socket).await, "the window is full");
    bob.acknowledge(&first[9]["seq"]).await.expect(200);
    assert_eq!(texts(&socket.messages(10).await), numbers(256..266));
    bob.acknowledge(&first[255]["seq"]).await.expect(200);
    assert_eq!(texts(&socket.messages(34).await), numbers(266..300));
    sender.send_message(&letter(&bob, "300")).await;
    assert_eq!(texts(&socket.messages(1).await), ["300"]);
});

async fn heard_more(socket: &mut Socket) -> bool {
    let more = tokio::time::timeout(Duration::from_millis(500), socket.next_of("message"));
    more.await.is_ok()
}

for_each_setup!(who_sends_too_fast_is_told_when_to_go_on_and_keeps_the_socket, |setup| {
    let app = setup
        .options()
        .set("TENON__LIMITS__MESSAGES_PER_SECOND", "1")
        .start()
        .await;
    let (ada, bob) = pair(&app).await;
    let mut sender = ada.socket().await;
    let mut refused = 0;
    for number in 0..40 {
        let mut frame = letter(&bob, &number.to_string());
        frame["type"] = json!("message.send");
        let answer = sender.ask(frame).await;
        if answer["type"] == "error" {
            assert_eq!(answer["code"], "rate_limited");
            let wait = answer["retryAfterMs"].as_u64().unwrap();
            assert!(wait <= 1000, "{answer}");
            refused += 1;
        }
    }
    assert!(refused >= 20, "{refused}");
    ada.send_message(&letter(&bob, "x")).await.problem(429, "rate_limited");
    // A message may just have become free.
    let wait = until_ok("a refusal", Duration::from_secs(20), async || {
        let mut frame = letter(&bob, "too soon");
        frame["type"] = json!("message.send");
        let answer = sender.ask(frame).await;
        answer["retryAfterMs"].as_u64().ok_or_else(|| answer.to_string())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(wait)).await;
    sender.send_message(&letter(&bob, "slower")).await;
});

for_each_setup!(for_whom_too_much_waits_gets_no_more, |setup| {
    let app = unlimited(setup)
        .set("TENON__LIMITS__MESSAGES_WAITING", "5")
        .start()
        .await;
    let (ada, bob) = pair(&app).await;
    for number in 0..5 {
        ada.send_message(&letter(&bob, &number.to_string())).await.expect(201);
    }
    ada.send_message(&letter(&bob, "x"))
        .await
        .problem(507, "recipient_full");
    let mut socket = bob.socket().await;
    let waiting = socket.messages(5).await;
    socket.acknowledge(&waiting[4]["seq"]).await;
    ada.send_message(&letter(&bob, "x")).await.expect(201);
});
