//! What happens in an organization, as its sockets hear it.

use serde_json::{Value, json};
use tenon_tests::app::{Person, Setup, Socket, id};
use tenon_tests::for_each_setup;

/// The room, the event and the version of the asset that it is about.
fn summary(frame: &Value) -> (String, String, i64) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let version = frame["data"]["asset"]["version"].as_i64().unwrap();
    (text(&frame["room"]), text(&frame["event"]), version)
}

for_each_setup!(changes_of_an_asset_are_heard_where_it_is_and_where_it_was, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let org = ada.organization.clone();
    let (north, south) = (ada.made_site(&org, "North").await, ada.made_site(&org, "South").await);
    let unit = ada.made_unit(&org, &north, "Hall").await;
    let bob = ada.take_in(&app.register("bob").await, "viewer").await;
    let home = format!("org:{org}");
    let rooms = [&north, &south].map(|site| format!("{home}:site:{site}"));
    let hall = format!("{home}:unit:{unit}");
    let mut socket = bob.socket().await;
    for room in rooms.iter().chain([&hall]) {
        socket.subscribe(room, None).await;
    }
    let asset = id(&ada
        .create_asset(&json!({ "title": "Pump", "siteId": north, "unitId": unit }))
        .await
        .expect(201)
        .json());
    let moved = json!({ "siteId": south, "unitId": null });
    ada.change_asset(&asset, "*", &moved).await.expect(200);
    ada.delete_asset(&asset, "*").await.expect(204);
    let mut heard = Vec::new();
    while heard.len() < 9 {
        let frame = socket.next_of("event").await;
        if frame["data"]["asset"]["id"] == asset {
            assert_eq!(frame["from"], ada.id);
            heard.push(summary(&frame));
        }
    }
    let [north, south] = rooms;
    let expected = |event: &str, version, rooms: &[&String]| {
        rooms
            .iter()
            .map(|room| ((*room).clone(), event.to_owned(), version))
            .collect::<Vec<_>>()
    };
    let mut all = expected("asset.created", 1, &[&home, &north, &hall]);
    all.extend(expected("asset.updated", 2, &[&home, &south, &north, &hall]));
    all.extend(expected("asset.deleted", 2, &[&home, &south]));
    // Rooms have no order among one another.
    heard.sort();
    all.sort();
    assert_eq!(heard, all);
    socket.close().await;
});

for_each_setup!(
    a_room_hears_changes_in_their_order_and_nothing_of_what_was_refused,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let mut socket = ada.socket().await;
        let asset = ada.made_asset("Pump").await;
        for version in 1..30 {
            let etag = format!("\"v{version}\"");
            ada.change_asset(&asset, &etag, &json!({ "title": format!("Pump {version}") }))
                .await
                .expect(200);
            ada.change_asset(&asset, &etag, &json!({ "title": "Late" }))
                .await
                .problem(412, "version_mismatch");
        }
        let mut versions = Vec::new();
        while versions.len() < 30 {
            let frame = socket.next_of("event").await;
            if frame["room"] == ada.room() {
                versions.push(summary(&frame).2);
            }
        }
        assert_eq!(versions, (1..=30).collect::<Vec<_>>());
        socket.close().await;
    }
);

for_each_setup!(nobody_elsewhere_hears_of_it, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let mut theirs = eve.socket().await;
    ada.made_asset("Pump").await;
    eve.made_asset("Valve").await;
    loop {
        let frame = theirs.next_of("event").await;
        assert!(
            frame["room"] == eve.room() || frame["room"] == format!("user:{}", eve.id),
            "{frame}"
        );
        if frame["event"] == "asset.created" {
            assert_eq!(frame["data"]["asset"]["ownerId"], eve.id);
            break;
        }
    }
    theirs.close().await;
});

for_each_setup!(devices_hear_of_each_other_and_members_of_who_comes_and_goes, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let own = format!("user:{}", ada.id);
    let mut socket = ada.socket().await;
    let phone = ada.sign_in().await;
    phone.logout().await.expect(204);
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    ada.remove_member(&ada.organization, &bob.id, "*").await.expect(204);
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let frame = socket.next_of("event").await;
        let about = &frame["data"];
        let session = &about["session"]["id"];
        if *session == phone.session || about["member"]["userId"] == bob.id {
            heard.push((frame["event"].clone(), frame["room"].clone()));
        }
    }
    heard.sort_by_key(|(event, _)| event.to_string());
    let home = ada.room();
    assert_eq!(
        heard,
        [
            (json!("member.added"), json!(home)),
            (json!("member.removed"), json!(home)),
            (json!("session.ended"), json!(own)),
            (json!("session.started"), json!(own)),
        ]
    );
    socket.close().await;
});

/// A socket hears that the rooms of a unit and its site are deleted, and is not in them any more.
async fn leaves_what_is_deleted(ada: &Person, mut socket: Socket) {
    let org = &ada.organization;
    let made = async |name: &str| {
        let site = ada.made_site(org, name).await;
        let unit = ada.made_unit(org, &site, name).await;
        (site, unit)
    };
    let subscribe = |room: &str| json!({ "type": "subscribe", "room": room });
    let (site, unit) = made("North").await;
    let rooms = [format!("org:{org}:unit:{unit}"), format!("org:{org}:site:{site}")];
    for room in &rooms {
        socket.subscribe(room, None).await;
    }
    let full = subscribe(&format!("user:{}", ada.id));
    assert_eq!(socket.refused(full).await, "too_many_rooms");
    ada.delete_unit(org, &unit, "*").await.expect(204);
    ada.all_told().await;
    ada.delete_site(org, &site, "*").await.expect(204);
    for (room, event) in rooms.iter().zip(["unit.deleted", "site.deleted"]) {
        let mut frame = socket.next().await;
        while frame["room"] != *room || (frame["type"] == "event" && frame["event"] != event) {
            frame = socket.next().await;
        }
        assert_eq!(frame["event"], event, "{frame}");
        let gone = socket.next_of("error").await;
        assert_eq!((&gone["code"], &gone["room"]), (&json!("room_not_found"), &json!(room)));
        assert_eq!(gone["id"], Value::Null);
    }
    for room in &rooms {
        assert_eq!(socket.refused(subscribe(room)).await, "room_not_found");
        let unsubscribe = json!({ "type": "unsubscribe", "room": room });
        assert_eq!(socket.refused(unsubscribe).await, "not_subscribed");
    }
    // They do not count either.
    let (site, unit) = made("South").await;
    socket.subscribe(&format!("org:{org}:site:{site}"), None).await;
    socket.subscribe(&format!("org:{org}:unit:{unit}"), None).await;
    socket.close().await;
}

/// Of which a socket is in three: its organization's, and two more.
const ROOMS: (&str, &str) = ("TENON__SOCKETS__ROOMS_PER_SOCKET", "3");

async fn in_one_room(ada: &Person) -> Socket {
    let mut socket = ada.socket().await;
    let own = json!({ "type": "unsubscribe", "room": format!("user:{}", ada.id) });
    socket.ok(own).await;
    socket
}

for_each_setup!(a_room_that_is_deleted_is_left_by_everybody, |setup| {
    let app = setup.options().set(ROOMS.0, ROOMS.1).start().await;
    let ada = app.register("ada").await;
    leaves_what_is_deleted(&ada, in_one_room(&ada).await).await;
});

#[tokio::test]
async fn a_room_that_is_deleted_on_one_instance_is_left_on_the_other() {
    let here = Setup::PostgresWithRedis.options().set(ROOMS.0, ROOMS.1).start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let socket = in_one_room(&ada.on(&there)).await;
    leaves_what_is_deleted(&ada, socket).await;
}

#[tokio::test]
async fn what_one_instance_stores_is_heard_on_the_other_once() {
    let here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let mut socket = ada.on(&there).socket().await;
    let mut made = Vec::new();
    for number in 0..50 {
        made.push(ada.made_asset(&format!("Pump {number}")).await);
    }
    // Longer than it takes until what is not struck out is told again.
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(6);
    let mut heard = Vec::new();
    while let Ok(frame) = tokio::time::timeout_at(end, socket.next_of("event")).await {
        if frame["room"] == ada.room() {
            heard.push(frame["data"]["asset"]["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(heard, made);
    socket.close().await;
}
