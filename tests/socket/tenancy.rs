//! Nobody crosses an organization.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Person, Socket};
use tenon_tests::for_each_setup;
use uuid::Uuid;

/// Long enough for anything that was published to arrive.
const SILENCE: Duration = Duration::from_millis(500);

/// An organization with places, and where its rooms are.
struct Tenant {
    person: Person,
    site: String,
    unit: String,
}

impl Tenant {
    async fn of(person: Person) -> Self {
        let site = person.made_site(&person.organization, "Harbor").await;
        let unit = person.made_unit(&person.organization, &site, "Crane").await;
        person.all_told().await;
        Self { person, site, unit }
    }

    /// Everything that one can be in.
    fn rooms(&self) -> [String; 4] {
        let room = self.person.room();
        [
            format!("{room}:site:{}", self.site),
            format!("{room}:unit:{}", self.unit),
            format!("user:{}", self.person.id),
            room,
        ]
    }

    /// What is well written and names something of this tenant's, alone or together with what is the other's.
    fn rooms_for(&self, other: &Self) -> Vec<String> {
        let (own, room) = (other.person.room(), self.person.room());
        let mut rooms = self.rooms().to_vec();
        rooms.extend([
            format!("{own}:site:{}", self.site),
            format!("{own}:unit:{}", self.unit),
            format!("{room}:site:{}", other.site),
            format!("{room}:unit:{}", other.unit),
            format!("{own}:site:{}", self.unit),
            format!("{own}:unit:{}", other.site),
            format!("{own}:site:{}", Uuid::new_v4()),
            format!("org:{}", self.person.id),
            format!("user:{}", self.person.organization),
            format!("user:{}", other.person.organization),
        ]);
        rooms
    }

    /// What comes close to one of its rooms and is none.
    fn misspelled(&self) -> Vec<String> {
        let id = &self.person.organization;
        let mut rooms = Vec::new();
        for room in self.rooms() {
            rooms.extend([
                room.to_uppercase(),
                room.replacen("org", "Org", 1).replacen("user", "User", 1),
                room.replace('-', ""),
                room.replace(':', "%3A"),
                room.replace(':', "\u{ff1a}"),
                room.replacen('-', "\u{2010}", 1),
                format!(" {room}"),
                format!("{room} "),
                format!("{room}\n"),
                format!("{room}\0"),
                format!("{room}:"),
                format!("{room}/"),
                format!("{room}*"),
                format!("{room}:site:*"),
                format!("{room},{room}"),
                format!("tenon:{{{room}}}:live"),
                format!("{{{room}}}"),
            ]);
        }
        rooms.extend(["", "*", "org:*", "user:*", "org", "user:", "../admin"].map(str::to_owned));
        rooms.extend([
            format!("site:{}", self.site),
            format!("unit:{}", self.unit),
            format!("org:{{{id}}}"),
            format!("org:urn:uuid:{id}"),
            format!("org:{id}:user:{}", self.person.id),
            format!("org:{id}:site:{}:unit:{}", self.site, self.unit),
            format!("org:{id}:site:{}:site:{}", self.site, self.site),
            "org:".repeat(10_000),
        ]);
        rooms
    }
}

/// Every frame that names a room, resuming from where the room really is.
fn frames(room: &Value, here: &Value) -> [Value; 5] {
    let resume = json!({ "epoch": here["epoch"], "offset": 0 });
    [
        json!({ "type": "subscribe", "room": room }),
        json!({ "type": "subscribe", "room": room, "resume": resume }),
        json!({ "type": "unsubscribe", "room": room }),
        json!({ "type": "presence", "room": room }),
        json!({ "type": "publish", "room": room, "event": "said", "data": 1 }),
    ]
}

/// Fails unless all frames about the room are refused with one of these codes, and the socket goes on.
async fn assert_refused(socket: &mut Socket, room: &Value, here: &Value, codes: &[&str]) {
    for frame in frames(room, here) {
        let code = socket.refused(frame.clone()).await;
        assert!(codes.contains(&code.as_str()), "{code} to {frame}");
    }
    assert_eq!(socket.ask(json!({ "type": "ping" })).await["type"], "pong");
}

for_each_setup!(nobody_enters_hears_or_speaks_in_rooms_of_another_tenant, |setup| {
    let app = setup
        .options()
        .set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000")
        .start()
        .await;
    let theirs = Tenant::of(app.register("ada").await).await;
    let own = Tenant::of(app.register("bob").await).await;
    let mut hers = theirs.person.socket().await;
    let mut here = Value::Null;
    for room in theirs.rooms() {
        hers.subscribe(&room, None).await;
        if !room.starts_with("user:") {
            here = hers.publish(&room, "said", &json!("secret")).await;
            assert_eq!(hers.next_of("event").await["data"], "secret");
        }
    }
    let mut his = own.person.socket().await;
    let codes = ["room_not_found", "not_subscribed", "room_is_private"];
    for room in theirs.rooms_for(&own) {
        assert_refused(&mut his, &json!(room), &here, &codes).await;
    }
    for room in theirs.misspelled().into_iter().chain(own.misspelled()) {
        assert_refused(&mut his, &json!(room), &here, &["invalid_room"]).await;
    }
    for room in [
        json!(null),
        json!(7),
        json!([theirs.person.room()]),
        json!({ "org": 1 }),
    ] {
        assert_refused(&mut his, &room, &here, &["invalid_frame", "required"]).await;
    }
    for room in &theirs.rooms()[..3] {
        if !room.starts_with("user:") {
            hers.publish(room, "said", &json!("more")).await;
        }
    }
    assert!(his.is_silent(SILENCE).await);
    let present = hers
        .ok(json!({ "type": "presence", "room": theirs.person.room() }))
        .await;
    assert!(!present.to_string().contains(&own.person.id), "{present}");
});

for_each_setup!(a_room_that_is_named_twice_or_in_disguise_is_no_way_in, |setup| {
    let app = setup.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let mut his = bob.socket().await;
    let twice = format!(
        r#"{{"id":"a","type":"subscribe","room":"{}","room":"{}"}}"#,
        bob.room(),
        ada.room()
    );
    let disguised = ada.room().replacen("org", r"\u006f\u0072\u0067", 1);
    let disguised = format!(r#"{{"id":"a","type":"subscribe","room":"{disguised}"}}"#);
    for (text, code) in [(twice, "invalid_frame"), (disguised, "room_not_found")] {
        his.send_text(&text).await;
        let error = his.next().await;
        assert_eq!((&error["id"], &error["code"]), (&json!("a"), &json!(code)), "{error}");
    }
    ada.socket().await.publish(&ada.room(), "said", &json!("secret")).await;
    assert!(his.is_silent(SILENCE).await);
});

for_each_setup!(
    a_socket_hears_the_organization_of_its_token_alone_and_stays_there,
    |setup| {
        let app = setup.start().await;
        let ada = Tenant::of(app.register("ada").await).await;
        let bob = app.register("bob").await;
        let guest = ada.person.take_in(&bob, "member").await;
        ada.person.all_told().await;
        let (mut home, mut away) = (bob.socket().await, guest.socket().await);
        let here = away.publish(&ada.person.room(), "said", &json!(1)).await;
        assert_eq!(away.next_of("event").await["room"], ada.person.room());
        let codes = ["room_not_found", "not_subscribed"];
        for room in [&ada.rooms()[0], &ada.rooms()[1], &ada.person.room()] {
            assert_refused(&mut home, &json!(room), &here, &codes).await;
        }
        assert_refused(&mut away, &json!(bob.room()), &here, &codes).await;
        // The same person, but a token of the other organization.
        for (socket, token) in [(&mut home, guest.token()), (&mut away, bob.token())] {
            let switched = json!({ "type": "auth", "token": token });
            assert_eq!(socket.refused(switched).await, "token_for_another");
        }
        assert_refused(&mut home, &json!(ada.person.room()), &here, &codes).await;
        away.publish(&ada.person.room(), "said", &json!(2)).await;
        assert!(home.is_silent(SILENCE).await);
        // Colleagues are in one organization, and still each alone in their own room.
        let hers = json!(format!("user:{}", ada.person.id));
        assert_refused(&mut away, &hers, &here, &[&codes[..], &["room_is_private"]].concat()).await;
    }
);

for_each_setup!(who_may_only_look_says_nothing_and_no_earlier_role_counts, |setup| {
    let app = setup.start().await;
    let ada = Tenant::of(app.register("ada").await).await;
    let guest = ada.person.take_in(&app.register("bob").await, "viewer").await;
    ada.person.all_told().await;
    let [site, unit, _, room] = ada.rooms();
    let rooms = [site, unit, room];
    let (mut hers, mut looks) = (ada.person.socket().await, guest.socket().await);
    let publish = |room: &str| json!({ "type": "publish", "room": room, "event": "said", "data": 1 });
    for room in &rooms {
        looks.subscribe(room, None).await;
        assert_eq!(looks.refused(publish(room)).await, "insufficient_role");
        hers.publish(room, "said", &json!(1)).await;
        looks.next_of("event").await;
    }
    let change = async |role| {
        let (organization, user) = (&ada.person.organization, &guest.id);
        ada.person.change_role(organization, user, "*", role).await.expect(200);
    };
    change("member").await;
    assert_eq!(looks.closed().await.0, 4403);
    let speaks = guest.refreshed().await.switched_to(&ada.person.organization).await;
    let mut socket = speaks.socket().await;
    socket.publish(&rooms[0], "said", &json!(2)).await;
    change("viewer").await;
    assert_eq!(socket.closed().await.0, 4403);
    let bearer = format!("Bearer {}", speaks.token());
    let again = speaks.handshake("/api/ws", &[("authorization", &bearer)]).await;
    again.err().unwrap().problem(401, "token_invalid");
    let looks = guest.sign_in().await.switched_to(&ada.person.organization).await;
    let mut socket = looks.socket().await;
    // What was said in another role does not come back by an earlier token.
    let earlier = json!({ "type": "auth", "token": speaks.token() });
    assert_eq!(socket.refused(earlier).await, "token_invalid");
    assert_eq!(socket.refused(publish(&rooms[2])).await, "insufficient_role");
});

for_each_setup!(a_place_that_is_deleted_is_closed_to_those_who_were_there, |setup| {
    let app = setup.start().await;
    let ada = Tenant::of(app.register("ada").await).await;
    let [_, room, ..] = ada.rooms();
    let mut hers = ada.person.socket().await;
    hers.subscribe(&room, None).await;
    let here = hers.publish(&room, "said", &json!(1)).await;
    while hers.next_of("event").await["event"] != "said" {}
    ada.person
        .delete_unit(&ada.person.organization, &ada.unit, "*")
        .await
        .expect(204);
    let gone = loop {
        let frame = hers.next().await;
        if frame["type"] != "event" {
            break frame;
        }
        // The last that is heard of it is that it is gone.
        assert_eq!(frame["event"], "unit.deleted", "{frame}");
    };
    assert_eq!(
        (&gone["type"], &gone["code"], &gone["room"]),
        (&json!("error"), &json!("room_not_found"), &json!(room))
    );
    // Nothing of its past is told any more, neither to who was in it nor to who comes.
    assert_refused(&mut hers, &json!(room), &here, &["room_not_found", "not_subscribed"]).await;
    let mut another = ada.person.socket().await;
    assert_refused(&mut another, &json!(room), &here, &["room_not_found", "not_subscribed"]).await;
});
