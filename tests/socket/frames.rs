//! Every frame, and what answers it.

use serde_json::{Value, json};
use tenon_tests::app::{is_id, is_stamp};
use tenon_tests::for_each_setup;
use tokio_tungstenite::tungstenite::Message;

for_each_setup!(
    a_socket_is_welcomed_into_the_organizations_and_its_users_room,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let (_, welcome) = ada.socket_and_welcome().await;
        assert!(is_id(welcome["connectionId"].as_str().unwrap()), "{welcome}");
        assert_eq!(welcome["user"], ada.id.as_str());
        assert_eq!(welcome["organization"], ada.organization.as_str());
        assert_eq!(welcome["heartbeat"], json!({ "intervalMs": 25_000, "deadMs": 600_000 }));
        let rooms: Vec<&Value> = welcome["rooms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|room| &room["room"])
            .collect();
        assert_eq!(rooms, [&json!(ada.room()), &json!(format!("user:{}", ada.id))]);
    }
);

for_each_setup!(an_event_reaches_everybody_in_the_room_and_says_where_it_is, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let bob = ada.take_in(&app.register("bob").await, "viewer").await;
    ada.all_told().await;
    let (mut hers, mut his) = (ada.socket().await, bob.socket().await);
    let said = hers
        .publish(&ada.room(), "lamp.on", &json!({ "brightness": 0.5 }))
        .await;
    for socket in [&mut hers, &mut his] {
        let event = socket.next_of("event").await;
        assert!(is_stamp(event["at"].as_str().unwrap()), "{event}");
        let expected = json!({
            "type": "event", "room": ada.room(), "epoch": said["epoch"], "offset": said["offset"], "event": "lamp.on",
            "data": { "brightness": 0.5 }, "at": event["at"], "from": ada.id,
        });
        assert_eq!(event, expected);
    }
    let next = hers.publish(&ada.room(), "lamp.off", &Value::Null).await;
    assert_eq!(next["offset"], said["offset"].as_u64().unwrap() + 1);
    assert_eq!(his.next_of("event").await["data"], Value::Null);
    let refused = json!({ "type": "publish", "room": ada.room(), "event": "lamp.on", "data": 1 });
    assert_eq!(his.refused(refused).await, "insufficient_role");
});

for_each_setup!(sites_and_units_are_heard_from_subscribing_to_unsubscribing, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "Harbor").await;
    let unit = ada.made_unit(&ada.organization, &site, "Crane").await;
    ada.all_told().await;
    let mut socket = ada.socket().await;
    for room in [
        format!("{}:site:{site}", ada.room()),
        format!("{}:unit:{unit}", ada.room()),
    ] {
        let joined = socket.subscribe(&room, None).await;
        assert_eq!(joined["room"], room);
        let said = socket.publish(&room, "moved", &json!([1, 2])).await;
        assert_eq!(said["offset"], joined["offset"].as_u64().unwrap() + 1);
        assert_eq!(socket.next().await["offset"], said["offset"]);
        let again = socket.subscribe(&room, None).await;
        assert_eq!(again["offset"], said["offset"]);
        socket.ok(json!({ "type": "unsubscribe", "room": room })).await;
        socket.publish(&room, "moved", &json!([3, 4])).await;
        assert_eq!(
            socket.refused(json!({ "type": "unsubscribe", "room": room })).await,
            "not_subscribed"
        );
    }
    let pong = socket.ask(json!({ "type": "ping" })).await;
    assert_eq!(pong["type"], "pong");
    assert!(socket.is_silent(std::time::Duration::from_millis(300)).await);
});

for_each_setup!(a_wrong_frame_is_answered_under_its_id_and_changes_nothing, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut socket = ada.socket().await;
    let room = ada.room();
    for (frame, code) in [
        (json!({ "type": "jump" }), "unknown_type"),
        (json!({ "type": "ping", "extra": true }), "unknown_field"),
        (json!({ "type": "subscribe", "room": room, "data": 1 }), "unknown_field"),
        (json!({ "type": "subscribe" }), "required"),
        (json!({ "type": "subscribe", "room": 5 }), "invalid_frame"),
        (json!({ "type": "subscribe", "room": "lobby" }), "invalid_room"),
        (
            json!({ "type": "subscribe", "room": room, "resume": { "epoch": "x", "offset": 1 } }),
            "invalid_epoch",
        ),
        (
            json!({ "type": "subscribe", "room": room, "resume": { "epoch": "x" } }),
            "invalid_frame",
        ),
        (
            json!({ "type": "publish", "room": room, "event": "connect", "data": 1 }),
            "reserved_event",
        ),
        (
            json!({ "type": "publish", "room": room, "event": "a b", "data": 1 }),
            "invalid_event",
        ),
        (
            json!({ "type": "publish", "room": format!("user:{}", ada.id), "event": "a", "data": 1 }),
            "room_is_private",
        ),
        (json!({ "type": "auth", "token": "x" }), "token_invalid"),
    ] {
        assert_eq!(socket.refused(frame.clone()).await, code, "{frame}");
    }
    for text in ["", "{", "[]", "1", "{\"id\":{},\"type\":\"ping\"}"] {
        socket.send_text(text).await;
        let error = socket.next().await;
        assert_eq!(
            (&error["type"], error.get("id")),
            (&json!("error"), None),
            "{text}: {error}"
        );
    }
    assert!(socket.send_raw(Message::binary(vec![1, 2, 3])).await);
    assert_eq!(socket.next().await["code"], "malformed_frame");
    socket.send_text(r#"{"id":"my own","type":"ping"}"#).await;
    assert_eq!(socket.next().await, json!({ "type": "pong", "id": "my own" }));
});

for_each_setup!(twenty_wrong_frames_in_a_row_end_the_socket, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut socket = ada.socket().await;
    for _ in 0..19 {
        socket.send_text("?").await;
        assert_eq!(socket.next().await["type"], "error");
    }
    assert_eq!(socket.ask(json!({ "type": "ping" })).await["type"], "pong");
    for _ in 0..20 {
        socket.send_text("?").await;
    }
    assert_eq!(
        socket.closed().await,
        (4400, "too many frames in a row were wrong".to_owned())
    );
});

for_each_setup!(a_closed_socket_is_closed_in_order, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut socket = ada.socket().await;
    assert!(socket.send_raw(Message::Ping("there?".into())).await);
    socket.close().await;
});
