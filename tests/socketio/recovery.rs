//! Who was cut off and comes back: Socket.IO's connection state recovery.

use serde_json::{Value, json};
use tenon_tests::app::{Person, Setup, SocketIo, TestApp, Transport};
use tenon_tests::for_each_setup;

/// What a client's library remembers of a namespace.
struct Memory {
    pid: String,
    sid: String,
    offset: String,
}

impl Memory {
    /// Of a client that enters, up to its welcome.
    async fn enter(socket: &mut SocketIo, person: &Person, namespace: &str) -> Self {
        let payload = socket
            .enter(namespace, &json!({ "token": person.token() }))
            .await
            .unwrap();
        let (name, arguments) = socket.event(namespace).await;
        assert_eq!(name, "tenon:welcome");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            pid: text(&payload["pid"]),
            sid: text(&payload["sid"]),
            offset: text(arguments.last().unwrap()),
        }
    }

    /// So many events of the namespace: their data.
    async fn hear(&mut self, socket: &mut SocketIo, namespace: &str, count: usize) -> Vec<Value> {
        let mut heard = Vec::new();
        for _ in 0..count {
            let (_, arguments) = socket.event(namespace).await;
            arguments.last().unwrap().as_str().unwrap().clone_into(&mut self.offset);
            heard.push(arguments[0].clone());
        }
        heard
    }

    fn auth(&self, person: &Person) -> Value {
        json!({ "token": person.token(), "pid": self.pid, "offset": self.offset })
    }

    /// Comes back over a new connection, and must be recovered.
    async fn come_back(&self, person: &Person, namespace: &str, transport: Transport) -> SocketIo {
        let mut socket = person.without_token().socketio(transport).await;
        // The server may still be about to notice that the connection before ended.
        for _ in 0..200 {
            let payload = socket.enter(namespace, &self.auth(person)).await.unwrap();
            if payload["pid"] == self.pid {
                assert_eq!(payload["sid"], self.sid);
                return socket;
            }
            // It would be heard behind the next attempt.
            assert_eq!(socket.event(namespace).await.0, "tenon:welcome");
            socket.send(&leave(namespace)).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("not recovered");
    }

    /// Comes back over a new connection, and must begin anew.
    async fn begins_anew(&self, person: &Person, namespace: &str) {
        let mut socket = person.without_token().socketio(Transport::WebSocket).await;
        let payload = socket.enter(namespace, &self.auth(person)).await.unwrap();
        assert_ne!(payload["pid"], self.pid);
        assert_ne!(payload["sid"], self.sid);
        assert_eq!(socket.event(namespace).await.0, "tenon:welcome");
    }
}

fn leave(namespace: &str) -> String {
    match namespace {
        "/" => "41".to_owned(),
        other => format!("41{other},"),
    }
}

async fn say(person: &Person, place: &str, number: u32) {
    let place = format!("{}{place}", person.organization);
    person.emit(&place, "said", &json!(number)).await.expect(200);
}

/// Somebody with a site, of which everything is told.
async fn with_site(app: &TestApp) -> (Person, String) {
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "North").await;
    ada.all_told().await;
    (ada, site)
}

async fn goes_on_in_every_room(app: &TestApp, back: &TestApp, transport: Transport) {
    let (ada, site) = with_site(app).await;
    let at_site = format!("/sites/{site}");
    let mut socket = ada.without_token().socketio(transport).await;
    let mut memory = Memory::enter(&mut socket, &ada, "/").await;
    socket.ok("/", "subscribe:site", &[json!(site)]).await;
    for (place, number) in [("", 1), (at_site.as_str(), 2), ("", 3), (&at_site, 4)] {
        say(&ada, place, number).await;
    }
    // What comes last is lost on the way; each room has an order of its own.
    let mut all = memory.hear(&mut socket, "/", 3).await;
    drop(socket);
    for (place, number) in [(at_site.as_str(), 5), ("", 6)] {
        say(&ada, place, number).await;
    }
    let mut socket = memory.come_back(&ada.on(back), "/", transport).await;
    all.extend(memory.hear(&mut socket, "/", 3).await);
    all.sort_unstable_by_key(Value::as_u64);
    assert_eq!(all, (1..=6).map(|number| json!(number)).collect::<Vec<_>>());
    say(&ada, &at_site, 7).await;
    assert_eq!(memory.hear(&mut socket, "/", 1).await, [json!(7)]);
    // And once more.
    drop(socket);
    say(&ada, "", 8).await;
    let mut socket = memory.come_back(&ada.on(back), "/", transport).await;
    assert_eq!(memory.hear(&mut socket, "/", 1).await, [json!(8)]);
}

for_each_setup!(a_client_that_was_cut_off_goes_on_in_every_room_where_it_was, |setup| {
    let app = setup.start().await;
    for transport in [Transport::WebSocket, Transport::Upgraded] {
        goes_on_in_every_room(&app, &app, transport).await;
    }
});

#[tokio::test]
async fn a_client_goes_on_at_another_instance() {
    let here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    for transport in [Transport::WebSocket, Transport::Upgraded] {
        goes_on_in_every_room(&here, &there, transport).await;
    }
}

#[tokio::test]
async fn clients_of_an_instance_that_stops_go_on_at_another_one() {
    let mut here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    let (ada, site) = with_site(&here).await;
    let mut left = Vec::new();
    for transport in Transport::ALL {
        let mut socket = ada.without_token().socketio(transport).await;
        let mut memory = Memory::enter(&mut socket, &ada, "/").await;
        socket.ok("/", "subscribe:site", &[json!(site)]).await;
        say(&ada, &format!("/sites/{site}"), 1).await;
        assert_eq!(memory.hear(&mut socket, "/", 1).await, [json!(1)]);
        left.push((memory, tokio::spawn(async move { socket.ended().await })));
    }
    assert_eq!(here.stop().await, Some(0));
    let ada = ada.on(&there);
    say(&ada, "", 2).await;
    for (memory, ended) in &mut left {
        ended.await.unwrap();
        let mut socket = memory.come_back(&ada, "/", Transport::WebSocket).await;
        assert_eq!(memory.hear(&mut socket, "/", 1).await.last(), Some(&json!(2)));
    }
}

for_each_setup!(the_feed_is_gone_on_with, |setup| {
    let app = setup.start().await;
    let (ada, _) = with_site(&app).await;
    let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
    let mut memory = Memory::enter(&mut socket, &ada, "/events").await;
    ada.made_site(&ada.organization, "East").await;
    memory.hear(&mut socket, "/events", 1).await;
    drop(socket);
    say(&ada, "", 1).await;
    let west = ada.made_site(&ada.organization, "West").await;
    ada.all_told().await;
    let mut socket = memory.come_back(&ada, "/events", Transport::Polling).await;
    let missed = memory.hear(&mut socket, "/events", 1).await;
    assert_eq!(
        (&missed[0]["event"], &missed[0]["site"]["id"]),
        (&json!("site.created"), &json!(west))
    );
});

#[tokio::test]
async fn the_feed_is_gone_on_with_after_an_instance_was_killed() {
    let mut here = Setup::PostgresWithRedis.start().await;
    let there = here.another(&[]).await;
    let (ada, _) = with_site(&here).await;
    let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
    let mut memory = Memory::enter(&mut socket, &ada, "/events").await;
    here.kill().await;
    let ada = ada.on(&there);
    let east = ada.made_site(&ada.organization, "East").await;
    ada.all_told().await;
    let mut socket = memory.come_back(&ada, "/events", Transport::WebSocket).await;
    let missed = memory.hear(&mut socket, "/events", 1).await;
    assert_eq!(missed[0]["site"]["id"], json!(east));
}

for_each_setup!(who_cannot_get_all_that_was_missed_begins_anew, |setup| {
    let options = setup.options().set("TENON__SOCKETS__HISTORY_EVENTS", "5");
    let app = options.start().await;
    let (ada, _) = with_site(&app).await;
    for namespace in ["/", "/events"] {
        let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
        let memory = Memory::enter(&mut socket, &ada, namespace).await;
        drop(socket);
        for number in 0..7 {
            say(&ada, "", number).await;
        }
        memory.begins_anew(&ada, namespace).await;
    }
});

for_each_setup!(who_left_or_was_taken_out_begins_anew, |setup| {
    let app = setup.start().await;
    let (ada, _) = with_site(&app).await;
    let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
    let memory = Memory::enter(&mut socket, &ada, "/").await;
    socket.send("41").await.unwrap();
    assert_eq!(
        socket.enter("/events", &json!({})).await.unwrap_err(),
        "Authentication token required"
    );
    memory.begins_anew(&ada, "/").await;
    let phone = ada.sign_in().await;
    let mut socket = phone.without_token().socketio(Transport::WebSocket).await;
    let memory = Memory::enter(&mut socket, &phone, "/").await;
    phone.logout().await.expect(204);
    assert_eq!(socket.closing("/").await, 4401);
    drop(socket);
    let mut refused = ada.without_token().socketio(Transport::WebSocket).await;
    assert_eq!(
        refused.enter("/", &memory.auth(&phone)).await.unwrap_err(),
        "Invalid or expired token"
    );
    memory.begins_anew(&ada, "/").await;
});

fn with_another_start(pid: &str) -> String {
    let start = if pid.starts_with('A') { 'B' } else { 'A' };
    format!("{start}{}", &pid[1..])
}

for_each_setup!(nobody_goes_on_with_what_is_not_theirs, |setup| {
    let app = setup.start().await;
    let (ada, _) = with_site(&app).await;
    let eve = app.register("eve").await;
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    bob.all_told().await;
    for namespace in ["/", "/events"] {
        let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
        let memory = Memory::enter(&mut socket, &ada, namespace).await;
        drop(socket);
        memory.begins_anew(&eve, namespace).await;
        memory.begins_anew(&bob, namespace).await;
        let other = if namespace == "/" { "/events" } else { "/" };
        memory.begins_anew(&ada, other).await;
        for offset in ["", "x", ":", "0:0", &format!("{}x", memory.offset), &"9".repeat(4_000)] {
            let forged = Memory {
                offset: offset.to_owned(),
                pid: memory.pid.clone(),
                sid: memory.sid.clone(),
            };
            forged.begins_anew(&ada, namespace).await;
        }
        let forged = Memory {
            pid: with_another_start(&memory.pid),
            offset: memory.offset.clone(),
            sid: memory.sid.clone(),
        };
        forged.begins_anew(&ada, namespace).await;
    }
});

for_each_setup!(a_room_that_is_gone_meanwhile_is_said_to_be, |setup| {
    let app = setup.start().await;
    let (ada, site) = with_site(&app).await;
    let mut socket = ada.without_token().socketio(Transport::WebSocket).await;
    let mut memory = Memory::enter(&mut socket, &ada, "/").await;
    let room = socket.ok("/", "subscribe:site", &[json!(site)]).await["room"].clone();
    drop(socket);
    let path = format!("/api/orgs/{}/sites/{site}", ada.organization);
    let etag = ada.get(&path).await.expect(200).header("etag").to_owned();
    ada.delete(&path, &etag).await.expect(204);
    ada.all_told().await;
    let mut socket = memory.come_back(&ada, "/", Transport::WebSocket).await;
    let (name, arguments) = socket.event("/").await;
    assert_eq!((name.as_str(), &arguments[0]), ("tenon:gone", &json!({ "room": room })));
    let missed = memory.hear(&mut socket, "/", 1).await;
    assert_eq!(missed[0]["event"], "site.deleted");
});
