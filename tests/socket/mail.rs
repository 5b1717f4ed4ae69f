//! Messages over sockets: what is acknowledged comes, once for each device, in order, however often the connection goes.

mod devices;
mod instances;
mod receipts;
mod window;

use serde_json::{Value, json};
use tenon_tests::app::{Options, Person, Setup, TestApp, letter, opened};
use tenon_tests::for_each_setup;
use uuid::Uuid;

/// With more messages a second than anybody sends.
fn unlimited(setup: Setup) -> Options {
    setup.options().set("TENON__LIMITS__MESSAGES_PER_SECOND", "100000")
}

/// Two members of one organization.
async fn pair(app: &TestApp) -> (Person, Person) {
    let (ada, bob) = app.colleagues().await;
    // No event of it is among the frames of the tests.
    bob.all_told().await;
    (ada, bob)
}

fn texts(messages: &[Value]) -> Vec<String> {
    messages.iter().map(opened).collect()
}

fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

for_each_setup!(a_message_comes_live_to_every_socket_of_the_recipient, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let mut sockets = [
        bob.socket().await,
        bob.sign_in().await.switched_to(&bob.organization).await.socket().await,
    ];
    let mut sender = ada.socket().await;
    let message = letter(&bob, "hello");
    let sent = sender.send_message(&message).await;
    for socket in &mut sockets {
        let received = socket.next_of("message").await;
        let expected = json!({
            "type": "message", "seq": sent["seq"], "id": sent["id"], "from": ada.id, "to": bob.id, "device": 0,
            "clientId": message["clientId"], "kind": "text", "content": message["content"], "createdAt": sent["createdAt"],
        });
        assert_eq!(received, expected);
    }
});

for_each_setup!(
    what_was_sent_meanwhile_comes_after_the_welcome_until_it_is_acknowledged,
    |setup| {
        let app = unlimited(setup).start().await;
        let (ada, bob) = pair(&app).await;
        let mut sender = ada.socket().await;
        for number in 0..150 {
            sender.send_message(&letter(&bob, &number.to_string())).await;
        }
        let mut socket = bob.socket().await;
        let received = socket.messages(150).await;
        assert_eq!(texts(&received), numbers(0..150));
        socket.acknowledge(&received[99]["seq"]).await;
        drop(socket);
        let mut socket = bob.socket().await;
        let again = socket.messages(50).await;
        assert_eq!(again, received[100..]);
        let last = &received[149]["seq"];
        assert_eq!(
            socket.acknowledge(&json!(1_000_000)).await["upTo"],
            *last,
            "no further than there is"
        );
        assert_eq!(socket.acknowledge(&json!(1)).await["upTo"], *last, "and not back");
        socket.close().await;
        let mut socket = bob.socket().await;
        sender.send_message(&letter(&bob, "150")).await;
        assert_eq!(texts(&socket.messages(1).await), ["150"]);
    }
);

for_each_setup!(a_repetition_answers_the_same_and_another_message_is_refused, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let (mut sender, mut socket) = (ada.socket().await, bob.socket().await);
    let message = letter(&bob, "once");
    let sent = sender.send_message(&message).await;
    assert_eq!(sender.send_message(&message).await, sent);
    assert_eq!(ada.send_message(&message).await.expect(201).json(), sent);
    let mut other = letter(&bob, "twice");
    other["clientId"] = message["clientId"].clone();
    ada.send_message(&other).await.problem(422, "client_id_reused");
    other["type"] = json!("message.send");
    assert_eq!(sender.refused(other).await, "client_id_reused");
    sender.send_message(&letter(&bob, "next")).await;
    assert_eq!(texts(&socket.messages(2).await), ["once", "next"]);
});

for_each_setup!(the_senders_other_devices_get_a_copy_and_the_sending_one_none, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let mut phone = ada.socket().await;
    let mut desk = ada.sign_in().await.switched_to(&ada.organization).await.socket().await;
    let sent = phone.send_message(&letter(&bob, "from my phone")).await;
    let copy = desk.next_of("message").await;
    assert_eq!(copy["recipientSeq"], sent["seq"]);
    assert_eq!(
        (&copy["from"], &copy["to"], &copy["id"]),
        (&json!(ada.id), &json!(bob.id), &sent["id"])
    );
    bob.socket().await.send_message(&letter(&ada, "answer")).await;
    assert_eq!(texts(&phone.messages(1).await), ["answer"]);
    assert_eq!(texts(&desk.messages(1).await), ["answer"]);
});

for_each_setup!(what_is_no_message_is_refused_under_its_id, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let eve = app.register("eve").await;
    let viewer = ada.take_in(&app.register("cyd").await, "viewer").await;
    let (mut socket, mut viewers) = (ada.socket().await, viewer.socket().await);
    let frame = |change: &dyn Fn(&mut Value)| {
        let mut frame = letter(&bob, "x");
        frame["type"] = json!("message.send");
        change(&mut frame);
        frame
    };
    let long = "A".repeat(60_000);
    for (frame, code) in [
        (frame(&|frame| frame["to"] = json!(eve.id)), "member_not_found"),
        (
            frame(&|frame| frame["to"] = json!(Uuid::new_v4().to_string())),
            "member_not_found",
        ),
        (frame(&|frame| frame["to"] = json!("bob")), "invalid_id"),
        (frame(&|frame| frame["clientId"] = json!("1")), "invalid_id"),
        (frame(&|frame| frame["clientId"] = Value::Null), "required"),
        (frame(&|frame| frame["device"] = json!(7)), "device_not_found"),
        (
            frame(&|frame| frame["device"] = json!(4_294_967_296_u64)),
            "out_of_range",
        ),
        (frame(&|frame| frame["content"] = json!("")), "too_short"),
        (frame(&|frame| frame["content"] = json!("AB==")), "invalid_base64"),
        (frame(&|frame| frame["content"] = json!("_-_-")), "invalid_base64"),
        (frame(&|frame| frame["kind"] = json!("Ö")), "invalid_kind"),
        (frame(&|frame| frame["upTo"] = json!(1)), "unknown_field"),
        (json!({ "type": "message.ack" }), "required"),
        (json!({ "type": "message.ack", "upTo": u64::MAX }), "out_of_range"),
        (
            json!({ "type": "message.read", "conversation": bob.id, "upTo": 1 }),
            "conversation_not_found",
        ),
    ] {
        assert_eq!(socket.refused(frame.clone()).await, code, "{frame}");
    }
    assert_eq!(viewers.refused(frame(&|_| ())).await, "insufficient_role");
    socket
        .send_message(&frame(&|frame| frame["content"] = json!(long)))
        .await;
    assert_eq!(bob.socket().await.next_of("message").await["content"], long.as_str());
});

for_each_setup!(
    a_socket_of_a_device_that_one_does_not_have_is_told_so_and_gets_no_mail,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = pair(&app).await;
        ada.send_message(&letter(&bob, "x")).await.expect(201);
        let mut socket = bob.device_socket(7).await;
        assert_eq!(socket.next_of("error").await["code"], "device_not_found");
        assert_eq!(
            socket.refused(json!({ "type": "message.ack", "upTo": 1 })).await,
            "device_not_found"
        );
        let bearer = format!("Bearer {}", bob.token());
        for device in ["x", "-1", "4294967296", ""] {
            let refused = bob
                .handshake(&format!("/api/ws?device={device}"), &[("authorization", &bearer)])
                .await;
            let Err(answer) = refused else {
                panic!("{device} was taken")
            };
            answer.problem(400, "invalid_parameter");
        }
    }
);
