use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Person, Socket, letter};
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, public_key};

use super::{pair, texts};

async fn device(who: &Person, prekeys: std::ops::Range<u32>) -> u64 {
    who.made_device(&device_json(&Owner::default().device(prekeys))).await
}

async fn opened(who: &Person, device: u64) -> Socket {
    let mut socket = who.device_socket(device).await;
    assert_eq!(socket.next().await["type"], "welcome");
    socket
}

fn for_device(mut message: Value, device: u64) -> Value {
    message["device"] = json!(device);
    message
}

for_each_setup!(a_device_gets_what_is_for_it_and_what_is_for_every_device, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    ada.send_message(&letter(&bob, "before there were devices"))
        .await
        .expect(201);
    let (phone, desk) = (device(&bob, 0..1).await, device(&bob, 0..1).await);
    let mut sockets = [opened(&bob, phone).await, opened(&bob, desk).await];
    for (text, device) in [("phone", phone), ("desk", desk), ("all", 0), ("phone again", phone)] {
        ada.send_message(&for_device(letter(&bob, text), device))
            .await
            .expect(201);
    }
    let received = sockets[0].messages(3).await;
    assert_eq!(texts(&received), ["phone", "all", "phone again"]);
    assert_eq!(
        (&received[0]["device"], &received[1]["device"]),
        (&json!(phone), &json!(0))
    );
    assert_eq!(texts(&sockets[1].messages(2).await), ["desk", "all"]);
    // Each has a cursor of its own.
    sockets[0].acknowledge(&received[2]["seq"]).await;
    let mut again = [opened(&bob, phone).await, opened(&bob, desk).await];
    ada.send_message(&letter(&bob, "last")).await.expect(201);
    assert_eq!(texts(&again[0].messages(1).await), ["last"]);
    assert_eq!(texts(&again[1].messages(3).await), ["desk", "all", "last"]);
    bob.delete_device(phone).await.expect(204);
    let last = again[0].refused(json!({ "type": "message.ack", "upTo": 1_000 })).await;
    assert_eq!(last, "device_not_found");
    ada.send_message(&letter(&bob, "after it was gone")).await.expect(201);
    assert_eq!(texts(&again[1].messages(1).await), ["after it was gone"]);
    assert!(again[0].is_silent(Duration::from_millis(300)).await);
    ada.send_message(&for_device(letter(&bob, "x"), phone))
        .await
        .problem(404, "device_not_found");
    bob.mail(&format!("?device={phone}"))
        .await
        .problem(404, "device_not_found");
});

for_each_setup!(a_receipt_says_which_device_it_was_delivered_to, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let phone = device(&bob, 0..1).await;
    let sent = ada
        .send_message(&for_device(letter(&bob, "x"), phone))
        .await
        .expect(201)
        .json();
    let mut socket = opened(&bob, phone).await;
    let received = socket.messages(1).await;
    socket.acknowledge(&received[0]["seq"]).await;
    let receipt = ada.socket().await.next_of("receipt").await;
    assert_eq!((&receipt["device"], &receipt["upTo"]), (&json!(phone), &sent["seq"]));
});

for_each_setup!(one_writes_to_ones_own_other_device, |setup| {
    let app = setup.start().await;
    let (ada, _) = pair(&app).await;
    let (phone, desk) = (device(&ada, 0..1).await, device(&ada, 0..1).await);
    let mut at_desk = opened(&ada, desk).await;
    let mut at_phone = opened(&ada, phone).await;
    at_phone.send_message(&for_device(letter(&ada, "note"), desk)).await;
    assert_eq!(texts(&at_desk.messages(1).await), ["note"]);
    assert_eq!(ada.conversations().await.expect(200).json()["items"], json!([]));
});

for_each_setup!(
    a_device_is_told_what_it_has_left_when_it_connects_and_after_each_claim,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = pair(&app).await;
        let phone = device(&bob, 0..2).await;
        let mut socket = opened(&bob, phone).await;
        let left = |remaining: u32, used: bool| json!({ "type": "prekeys", "device": phone, "remaining": remaining, "lastResortUsed": used });
        assert_eq!(socket.next_of("prekeys").await, left(2, false));
        for expected in [left(1, false), left(0, false), left(0, true)] {
            ada.claim(&bob.id).await.expect(200);
            assert_eq!(socket.next_of("prekeys").await, expected);
        }
        drop(socket);
        assert_eq!(opened(&bob, phone).await.next_of("prekeys").await, left(0, true));
    }
);

for_each_setup!(
    who_has_a_conversation_with_somebody_hears_that_their_keys_changed,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = pair(&app).await;
        let cyd = ada.take_in(&app.register("cyd").await, "member").await;
        bob.publish(&public_key().to_string()).await.expect(200);
        let (mut adas, mut cyds) = (ada.socket().await, cyd.socket().await);
        adas.send_message(&letter(&bob, "x")).await;
        bob.publish(&public_key().to_string()).await.expect(200);
        let phone = device(&bob, 0..1).await;
        bob.delete_device(phone).await.expect(204);
        let mut heard = Vec::new();
        for _ in 0..3 {
            let change = adas.next_of("key.changed").await;
            assert_eq!(change["user"], bob.id);
            heard.push(json!([change["kind"], change["device"], change["version"]]));
        }
        assert_eq!(
            heard,
            [
                json!(["public-key", 0, 2]),
                json!(["device-added", phone, 0]),
                json!(["device-removed", phone, 0])
            ]
        );
        // Whoever has none reads the feed.
        let feed = cyd.key_changes("").await.expect(200).json();
        assert_eq!(feed["items"].as_array().unwrap().len(), 4);
        adas.send_message(&letter(&cyd, "to cyd")).await;
        let first = loop {
            let frame = cyds.next().await;
            if frame["type"] == "key.changed" || frame["type"] == "message" {
                break frame;
            }
        };
        assert_eq!(first["type"], "message", "{first}");
        // Ada's copy of what she sent is acknowledged with what came after it, so that nothing comes twice.
        let mut again = ada.socket().await;
        let change = again.next_of("key.changed").await;
        assert_eq!(change["version"], 2, "nothing was acknowledged yet");
    }
);
