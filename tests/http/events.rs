//! Events that are emitted by request, and what rooms keep of them.

use serde_json::{Value, json};
use tenon_tests::app::{Client, Person, position};
use tenon_tests::for_each_setup;

async fn offsets(who: &Client, room: &str, query: &str) -> (bool, Vec<u64>) {
    let history = who.history(room, query).await.expect(200).json();
    let events = history["events"].as_array().unwrap();
    let offsets = events.iter().map(|event| event["offset"].as_u64().unwrap()).collect();
    (history["gap"].as_bool().unwrap(), offsets)
}

/// Where an emission went.
async fn emitted(who: &Person, place: &str, data: &Value) -> (String, String, u64) {
    let answer = who.emit(place, "door.opened", data).await.expect(200).json();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("room"), text("epoch"), answer["offset"].as_u64().unwrap())
}

for_each_setup!(
    an_event_is_heard_in_the_room_that_it_is_emitted_to_and_in_no_other,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let org = ada.organization.clone();
        let site = ada.made_site(&org, "North").await;
        let unit = ada.made_unit(&org, &site, "Hall").await;
        let bob = ada.take_in(&app.register("bob").await, "viewer").await;
        let places = [
            (org.clone(), format!("org:{org}")),
            (format!("{org}/sites/{site}"), format!("org:{org}:site:{site}")),
            (format!("{org}/units/{unit}"), format!("org:{org}:unit:{unit}")),
            (format!("{org}/users/{}", bob.id), format!("user:{}", bob.id)),
        ];
        let mut socket = bob.socket().await;
        for (_, room) in &places[1..3] {
            socket.subscribe(room, None).await;
        }
        for (number, (place, room)) in places.iter().enumerate() {
            let data = json!({ "n": number, "text": "ä\u{0}" });
            let (said, epoch, offset) = emitted(&ada, place, &data).await;
            assert_eq!(&said, room);
            let heard = loop {
                let event = socket.next_of("event").await;
                if event["event"] == "door.opened" {
                    break event;
                }
            };
            let expected = json!({
                "type": "event", "room": room, "epoch": epoch, "offset": offset, "event": "door.opened", "data": data,
                "at": heard["at"], "from": ada.id,
            });
            assert_eq!(heard, expected);
        }
        socket.close().await;
    }
);

for_each_setup!(an_emission_with_a_key_happens_once, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let site = ada.made_site(&org, "North").await;
    let first = ada.emit_once("k", &org, "door.opened", &json!(1)).await.expect(200);
    let again = ada.emit_once("k", &org, "door.opened", &json!(1)).await.expect(200);
    assert_eq!(
        (again.header("idempotent-replayed"), again.json()),
        ("true", first.json())
    );
    ada.emit_once("k", &org, "door.opened", &json!(2))
        .await
        .problem(422, "idempotency_key_reused");
    let elsewhere = ada
        .emit_once("k", &format!("{org}/sites/{site}"), "door.opened", &json!(1))
        .await;
    assert_eq!(elsewhere.expect(200).json()["room"], format!("org:{org}:site:{site}"));
    let history = ada.history(&ada.room(), "?limit=100").await.expect(200).json();
    let doors = history["events"].as_array().unwrap().iter();
    assert_eq!(doors.filter(|event| event["event"] == "door.opened").count(), 1);
});

for_each_setup!(only_admins_emit_and_only_to_what_their_organization_has, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let org = ada.organization.clone();
    let hers = eve.made_site(&eve.organization, "Mine").await;
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    let data = Value::Null;
    bob.emit(&org, "a", &data).await.problem(403, "insufficient_role");
    for place in [eve.organization.clone(), format!("{}/sites/{hers}", eve.organization)] {
        ada.emit(&place, "a", &data)
            .await
            .problem(404, "organization_not_found");
    }
    let place = format!("{org}/sites/{hers}");
    ada.emit(&place, "a", &data).await.problem(404, "site_not_found");
    ada.emit(&format!("{org}/units/{hers}"), "a", &data)
        .await
        .problem(404, "unit_not_found");
    let place = format!("{org}/users/{}", eve.id);
    ada.emit(&place, "a", &data).await.problem(404, "member_not_found");
    app.operator()
        .await
        .emit(&org, "a", &data)
        .await
        .problem(403, "organization_required");
});

for_each_setup!(what_cannot_be_an_event_is_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let path = format!("/api/orgs/{}/events", ada.organization);
    let long = "x".repeat(65);
    for (event, code) in [
        ("", "invalid_event"),
        ("a b", "invalid_event"),
        (long.as_str(), "invalid_event"),
        ("asset.created", "reserved_event"),
        ("tenon:x", "reserved_event"),
        ("connect", "reserved_event"),
    ] {
        let problem = ada.post(&path, &json!({ "event": event, "data": 1 })).await;
        let problem = problem.problem(400, "validation_failed");
        assert_eq!(problem.fields, [("event".to_owned(), code.to_owned())], "{event}");
    }
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let large = json!("x".repeat(32 * 1024));
    for (data, code) in [(serde_json::from_str(&deep).unwrap(), "too_deep"), (large, "too_long")] {
        let problem = ada.post(&path, &json!({ "event": "a", "data": data })).await;
        let problem = problem.problem(400, "validation_failed");
        assert_eq!(problem.fields, [("data".to_owned(), code.to_owned())]);
    }
    let missing = ada.post(&path, &json!({})).await.problem(400, "validation_failed");
    assert_eq!(missing.fields.len(), 2);
    ada.post(&path, &json!({ "event": "a", "data": 1, "room": "x" }))
        .await
        .problem(400, "unknown_field");
});

for_each_setup!(history_is_read_from_any_position, |setup| {
    let app = setup
        .options()
        .set("TENON__SOCKETS__HISTORY_EVENTS", "10")
        .start()
        .await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let site = ada.made_site(&org, "North").await;
    // Also that there is a site.
    ada.all_told().await;
    let (place, room) = (format!("{org}/sites/{site}"), format!("org:{org}:site:{site}"));
    let (_, epoch, start) = emitted(&ada, &place, &json!(0)).await;
    for number in 1..15 {
        emitted(&ada, &place, &json!(number)).await;
    }
    let last = start + 14;
    let all: Vec<u64> = (last - 9..=last).collect();
    assert_eq!(offsets(&ada, &room, "").await, (false, all.clone()));
    assert_eq!(offsets(&ada, &room, "?limit=2").await, (false, vec![last - 1, last]));
    let after = async |offset: u64, limit: u8| {
        offsets(&ada, &room, &format!("?epoch={epoch}&offset={offset}&limit={limit}")).await
    };
    assert_eq!(after(last - 10, 3).await, (false, all[..3].to_vec()));
    assert_eq!(after(last - 10, 100).await, (false, all));
    assert_eq!(after(last, 100).await, (false, vec![]));
    assert_eq!(after(last - 11, 100).await, (true, vec![]));
    assert_eq!(after(last + 1, 100).await, (true, vec![]));
    let other = format!("?epoch={}&offset={start}", "0".repeat(32));
    let gap = ada.history(&room, &other).await.expect(200).json();
    assert_eq!(
        (&gap["gap"], &gap["epoch"], &gap["offset"]),
        (&json!(true), &json!(epoch), &json!(last))
    );
});

for_each_setup!(positions_and_rooms_are_read_strictly, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let room = ada.room();
    for (query, field, code) in [
        ("?epoch=x&offset=1", "epoch", "invalid_epoch"),
        ("?offset=1", "epoch", "required"),
        ("?epoch=00000000000000000000000000000000", "offset", "required"),
        (
            "?epoch=00000000000000000000000000000000&offset=-1",
            "offset",
            "invalid_number",
        ),
        ("?limit=0", "limit", "out_of_range"),
        ("?limit=101", "limit", "out_of_range"),
    ] {
        let problem = ada.history(&room, query).await.problem(400, "invalid_parameter");
        assert_eq!(problem.fields, [(field.to_owned(), code.to_owned())], "{query}");
    }
    ada.history(&room, "?after=1").await.problem(400, "unknown_parameter");
    for name in [
        "org",
        "org:",
        "ORG:x",
        &room.to_uppercase(),
        "room",
        &format!("{room}:site:"),
    ] {
        ada.history(name, "").await.problem(400, "invalid_room");
        ada.presence_of(name).await.problem(400, "invalid_room");
    }
    for room in [
        eve.room(),
        format!("user:{}", eve.id),
        format!("{}:site:{}", ada.room(), ada.id),
    ] {
        ada.history(&room, "").await.problem(404, "room_not_found");
        ada.presence_of(&room).await.problem(404, "room_not_found");
    }
});

for_each_setup!(who_is_in_a_room_is_told_by_request, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let room = ada.room();
    let nobody = ada.presence_of(&room).await.expect(200).json();
    assert_eq!(nobody, json!({ "room": room, "present": [] }));
    let (first, welcome) = ada.socket_and_welcome().await;
    position(&welcome, &room);
    let second = ada.socket().await;
    let present = loop {
        let present = ada.presence_of(&room).await.expect(200).json()["present"].clone();
        if present[0]["connections"] == 2 {
            break present;
        }
    };
    assert_eq!(
        (present.as_array().unwrap().len(), &present[0]["user"]),
        (1, &json!(ada.id))
    );
    first.close().await;
    second.close().await;
});
