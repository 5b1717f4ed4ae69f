//! Nobody crosses an organization.

use std::time::Duration;

use serde_json::json;
use tenon_tests::for_each_setup;
use uuid::Uuid;

for_each_setup!(nobody_enters_or_speaks_in_rooms_of_another_tenant, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "Harbor").await;
    let unit = ada.made_unit(&ada.organization, &site, "Crane").await;
    let bob = app.register("bob").await;
    let mut his = bob.socket().await;
    let nowhere = Uuid::new_v4();
    let rooms = [
        ada.room(),
        format!("{}:site:{site}", ada.room()),
        format!("{}:unit:{unit}", ada.room()),
        format!("{}:site:{site}", bob.room()),
        format!("{}:unit:{unit}", bob.room()),
        format!("{}:site:{nowhere}", bob.room()),
        format!("user:{}", ada.id),
    ];
    for room in &rooms {
        assert_eq!(
            his.refused(json!({ "type": "subscribe", "room": room })).await,
            "room_not_found",
            "{room}"
        );
        let publish = json!({ "type": "publish", "room": room, "event": "said", "data": 1 });
        let code = his.refused(publish).await;
        let expected = if room.starts_with("user:") {
            "room_is_private"
        } else {
            "room_not_found"
        };
        assert_eq!(code, expected, "{room}");
        assert_eq!(his.ask(json!({ "type": "ping" })).await["type"], "pong");
    }
    let mut hers = ada.socket().await;
    for room in &rooms[..3] {
        hers.subscribe(room, None).await;
        hers.publish(room, "said", &json!("secret")).await;
    }
    assert!(his.is_silent(Duration::from_millis(500)).await);
});

for_each_setup!(a_socket_hears_the_organization_of_its_token_alone, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    let guest = ada.take_in(&bob, "member").await;
    let (mut home, mut away) = (bob.socket().await, guest.socket().await);
    away.publish(&ada.room(), "said", &json!(1)).await;
    assert_eq!(away.next_of("event").await["room"], ada.room());
    assert!(home.is_silent(Duration::from_millis(300)).await);
    let crossing = json!({ "type": "publish", "room": ada.room(), "event": "said", "data": 1 });
    assert_eq!(home.refused(crossing).await, "room_not_found");
});
