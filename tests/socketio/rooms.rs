//! Rooms: the same as those of native sockets.

use serde_json::{Value, json};
use tenon_tests::app::{Setup, Transport};
use tenon_tests::for_each_setup;

const SPEAKERS: usize = 3;
const EVENTS: usize = 100;

for_each_setup!(who_enters_is_in_two_rooms_and_is_told_so_first, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    ada.all_told().await;
    for transport in Transport::ALL {
        let (_socket, welcome) = ada.socketio_and_welcome(transport).await;
        assert_eq!(welcome["user"], ada.id);
        assert_eq!(
            (&welcome["organization"], &welcome["role"]),
            (&json!(ada.organization), &json!("owner"))
        );
        let rooms: Vec<&Value> = welcome["rooms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| &at["room"])
            .collect();
        assert_eq!(
            rooms,
            [&json!(ada.room()), &json!(format!("user:{}", ada.id))],
            "{transport:?}"
        );
    }
});

for_each_setup!(
    native_sockets_and_those_of_socket_io_hear_the_same_in_the_same_order,
    |setup| {
        let options = setup.options().set("TENON__SOCKETS__PER_USER", "100");
        let app = options.set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000").start().await;
        let ada = app.register("ada").await;
        let room = ada.room();
        ada.all_told().await;
        let mut native = ada.socket().await;
        native.subscribe(&room, None).await;
        let mut others = Vec::new();
        for transport in Transport::ALL {
            others.push((transport, ada.socketio_and_welcome(transport).await.0));
        }
        let speakers: Vec<_> = (0..SPEAKERS)
            .map(|speaker| {
                let (ada, room) = (ada.clone(), room.clone());
                tokio::spawn(async move {
                    let (mut socket, _) = ada.socketio_and_welcome(Transport::ALL[speaker]).await;
                    for number in 0..EVENTS {
                        let data = json!({ "speaker": speaker, "number": number });
                        socket.ok("/", "publish", &[json!(room), json!("said"), data]).await;
                    }
                })
            })
            .collect();
        let heard: Vec<(Value, Value, Value)> = native
            .events(SPEAKERS * EVENTS)
            .await
            .into_iter()
            .map(|event| (event["epoch"].clone(), event["offset"].clone(), event["data"].clone()))
            .collect();
        for (transport, socket) in &mut others {
            let events = socket.events(SPEAKERS * EVENTS).await;
            let same: Vec<_> = events
                .into_iter()
                .map(|(name, data, at)| {
                    assert_eq!(
                        (name.as_str(), &at["room"], &at["from"]),
                        ("said", &json!(room), &json!(ada.id))
                    );
                    (at["epoch"].clone(), at["offset"].clone(), data)
                })
                .collect();
            assert!(same == heard, "{transport:?}");
        }
        for speaker in speakers {
            speaker.await.unwrap();
        }
    }
);

for_each_setup!(
    sites_and_units_are_heard_from_subscribing_until_unsubscribing,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let site = ada.made_site(&ada.organization, "North").await;
        ada.all_told().await;
        let place = format!("{}/sites/{site}", ada.organization);
        for transport in Transport::ALL {
            let (mut socket, _) = ada.socketio_and_welcome(transport).await;
            let here = socket.ok("/", "subscribe:site", &[json!(site)]).await;
            assert_eq!(here["room"], format!("{}:site:{site}", ada.room()));
            ada.emit(&place, "door", &json!(1)).await.expect(200);
            let (name, data, at) = socket.events(1).await.remove(0);
            assert_eq!((name.as_str(), data, &at["room"]), ("door", json!(1), &here["room"]));
            assert_eq!(at["offset"].as_u64().unwrap(), here["offset"].as_u64().unwrap() + 1);
            socket.ok("/", "unsubscribe:site", &[json!(site)]).await;
            ada.emit(&place, "door", &json!(2)).await.expect(200);
            ada.emit(&ada.organization, "bell", &json!(3)).await.expect(200);
            assert_eq!(socket.events(1).await[0].1, json!(3));
            // What was missed comes with the position that it comes after.
            let resume = json!({ "epoch": here["epoch"], "offset": here["offset"] });
            socket.ok("/", "subscribe:site", &[json!(site), resume]).await;
            let missed: Vec<Value> = socket.events(2).await.into_iter().map(|event| event.1).collect();
            assert_eq!(missed, [json!(1), json!(2)]);
            assert_eq!(
                socket.refused("/", "unsubscribe:unit", &[json!(site)]).await,
                "not_subscribed"
            );
        }
    }
);

for_each_setup!(a_site_or_unit_that_is_deleted_is_gone_after_its_last_event, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = &ada.organization;
    for transport in Transport::ALL {
        let site = ada.made_site(org, "North").await;
        let unit = ada.made_unit(org, &site, "Hall").await;
        ada.all_told().await;
        let (mut socket, _) = ada.socketio_and_welcome(transport).await;
        for (what, id) in [("unit", &unit), ("site", &site)] {
            let subscribe = format!("subscribe:{what}");
            let room = socket.ok("/", &subscribe, &[json!(id)]).await["room"].take();
            let deleted = match what {
                "unit" => ada.delete_unit(org, id, "*").await,
                _ => ada.delete_site(org, id, "*").await,
            };
            deleted.expect(204);
            let mut heard = Vec::new();
            loop {
                let (name, arguments) = socket.event("/").await;
                if name == "tenon:gone" {
                    assert_eq!(arguments[0], json!({ "room": room }), "{transport:?}");
                    break;
                }
                heard.push((name, arguments[1]["room"].clone()));
            }
            assert!(heard.contains(&(format!("{what}.deleted"), room.clone())), "{heard:?}");
            assert_eq!(socket.refused("/", &subscribe, &[json!(id)]).await, "room_not_found");
            let publish = [room, json!("said"), json!(1)];
            assert_eq!(socket.refused("/", "publish", &publish).await, "room_not_found");
        }
    }
});

for_each_setup!(what_cannot_be_done_is_said_with_the_codes_of_native_sockets, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let viewer = ada.take_in(&app.register("vic").await, "viewer").await;
    let room = json!(ada.room());
    let (mut socket, _) = viewer.socketio_and_welcome(Transport::WebSocket).await;
    let publish = [room.clone(), json!("said"), json!(1)];
    assert_eq!(socket.refused("/", "publish", &publish).await, "insufficient_role");
    let (mut socket, _) = ada.socketio_and_welcome(Transport::Polling).await;
    for (event, arguments, code) in [
        ("publish", vec![json!("org:x"), json!("said"), json!(1)], "invalid_room"),
        ("publish", vec![room.clone(), json!("a b"), json!(1)], "invalid_event"),
        (
            "publish",
            vec![room.clone(), json!("asset.created"), json!(1)],
            "reserved_event",
        ),
        (
            "publish",
            vec![room.clone(), json!("graph.notification"), json!(1)],
            "reserved_event",
        ),
        (
            "publish",
            vec![room.clone(), json!("said"), json!("x".repeat(33_000))],
            "too_long",
        ),
        (
            "publish",
            vec![json!(format!("user:{}", ada.id)), json!("said"), json!(1)],
            "room_is_private",
        ),
        ("publish", vec![room.clone()], "invalid_arguments"),
        ("subscribe:site", vec![], "invalid_arguments"),
        ("subscribe:site", vec![json!(7)], "invalid_arguments"),
        ("subscribe:site", vec![json!("x")], "invalid_id"),
        (
            "subscribe:unit",
            vec![json!(ada.id), json!({ "epoch": "x", "offset": 1 })],
            "invalid_epoch",
        ),
        ("subscribe:unit", vec![json!(ada.id), json!(1)], "invalid_arguments"),
        ("subscribe:site", vec![json!(ada.id)], "room_not_found"),
        ("unsubscribe:site", vec![json!(ada.id)], "not_subscribed"),
        ("auth", vec![json!("x")], "token_invalid"),
        ("dance", vec![], "unknown_event"),
    ] {
        assert_eq!(
            socket.refused("/", event, &arguments).await,
            code,
            "{event} {arguments:?}"
        );
        socket
            .ok("/", "publish", &[room.clone(), json!("said"), json!(1)])
            .await;
        assert_eq!(socket.events(1).await[0].0, "said");
    }
    // Without an acknowledgement it is an event.
    socket.emit("/", "dance", &[]).await;
    let (name, arguments) = socket.event("/").await;
    assert_eq!(
        (name.as_str(), &arguments[0]["event"]),
        ("tenon:error", &json!("dance"))
    );
    assert_eq!(arguments[0]["code"], "unknown_event");
});

#[tokio::test]
async fn rooms_are_the_same_on_every_instance() {
    let here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    ada.all_told().await;
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        sockets.push(ada.on(&there).socketio_and_welcome(transport).await.0);
    }
    let (mut speaker, _) = ada.socketio_and_welcome(Transport::Polling).await;
    for number in 0..20 {
        speaker
            .ok("/", "publish", &[json!(ada.room()), json!("said"), json!(number)])
            .await;
    }
    for socket in &mut sockets {
        let heard: Vec<Value> = socket.events(20).await.into_iter().map(|event| event.1).collect();
        assert_eq!(heard, (0..20).map(|number| json!(number)).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_poll_that_reaches_another_instance_is_refused_clearly() {
    let here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    let open = here.anonymous().get("/socket.io/?EIO=4&transport=polling").await;
    let open: Value = serde_json::from_str(&open.expect(200).text()[1..]).unwrap();
    let poll = format!(
        "/socket.io/?EIO=4&transport=polling&sid={}",
        open["sid"].as_str().unwrap()
    );
    let answer = there.anonymous().get(&poll).await.expect(400);
    assert_eq!(answer.json(), json!({ "code": 1, "message": "Session ID unknown" }));
    here.anonymous()
        .call(reqwest::Method::POST, &poll)
        .bare_body("40/nowhere,")
        .send()
        .await
        .expect(200);
    let answer = here.anonymous().get(&poll).await.expect(200).text();
    assert_eq!(answer, r#"44/nowhere,{"message":"Invalid namespace"}"#);
}
