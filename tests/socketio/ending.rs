//! What ends a client of Socket.IO: sessions, memberships, and an instance that stops.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenon_tests::app::{Ended, Person, Said, Setup, SocketIo, TestApp, Transport};
use tenon_tests::for_each_setup;

/// What is promised.
const LIMIT: Duration = Duration::from_secs(5);

/// In `/` and `/events`, over each transport.
async fn everywhere(person: &Person) -> Vec<SocketIo> {
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        let (mut socket, _) = person.socketio_and_welcome(transport).await;
        socket
            .enter("/events", &json!({ "token": person.token() }))
            .await
            .unwrap();
        sockets.push(socket);
    }
    sockets
}

/// Fails unless all are taken out of both namespaces in time, with this code, and are still connected.
async fn assert_dismissed(sockets: Vec<SocketIo>, code: u64) {
    let begin = Instant::now();
    for mut socket in sockets {
        for namespace in ["/", "/events"] {
            assert_eq!(socket.closing(namespace).await, code);
            assert_eq!(socket.next_or_end(namespace).await.unwrap(), Said::Dismissed);
        }
        assert!(begin.elapsed() < LIMIT, "{:?}", begin.elapsed());
        let again = socket.enter("/", &json!({ "token": "x" })).await;
        assert_eq!(again.unwrap_err(), "Invalid or expired token");
    }
}

fn roomy(setup: Setup) -> tenon_tests::app::Options {
    setup.options().set("TENON__SOCKETS__PER_USER", "100")
}

for_each_setup!(a_session_that_ends_takes_its_clients_out, |setup| {
    let app = roomy(setup).start().await;
    let ada = app.register("ada").await;
    let phone = ada.sign_in().await;
    let mut hers = everywhere(&ada).await;
    let mut sockets = everywhere(&phone).await;
    ada.end_session(&phone.session).await.expect(204);
    for socket in &mut sockets {
        // An acknowledgement would be seen before the end.
        let packet = format!("421{}", json!(["publish", phone.room(), "late", {}]));
        socket.send(&packet).await.unwrap();
    }
    assert_dismissed(sockets, 4401).await;
    for socket in &mut hers {
        socket.ok("/", "auth", &[json!(ada.token())]).await;
    }
});

for_each_setup!(a_membership_that_changes_takes_its_clients_out, |setup| {
    let app = roomy(setup).start().await;
    let ada = app.register("ada").await;
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    let sockets = everywhere(&bob).await;
    let member = format!("/api/orgs/{}/members/{}", ada.organization, bob.id);
    let etag = ada.get(&member).await.expect(200).header("etag").to_owned();
    ada.patch(&member, &etag, &json!({ "role": "viewer" }))
        .await
        .expect(200);
    assert_dismissed(sockets, 4403).await;
});

#[tokio::test]
async fn a_session_that_ends_on_another_instance_does_so_too() {
    let here = roomy(Setup::PostgresWithRedis).start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let sockets = everywhere(&ada.on(&there)).await;
    ada.logout().await.expect(204);
    assert_dismissed(sockets, 4401).await;
}

async fn announced(socket: &mut SocketIo) -> Value {
    loop {
        if let (name, mut arguments) = socket.event("/").await
            && name == "tenon:drain"
        {
            return arguments.swap_remove(0);
        }
    }
}

async fn assert_drained(app: &mut TestApp, sockets: Vec<(Transport, SocketIo)>) {
    let waiting: Vec<_> = sockets
        .into_iter()
        .map(|(transport, mut socket)| {
            tokio::spawn(async move {
                let drain = announced(&mut socket).await;
                assert!(drain["retryAfterMs"].as_u64().unwrap() < 2_000, "{drain}");
                assert_eq!(socket.closing("/").await, 1012);
                let ended = socket.ended().await;
                match transport {
                    Transport::Polling => assert_eq!(ended, Ended::Broken),
                    Transport::WebSocket | Transport::Upgraded => {
                        assert!(matches!(ended, Ended::Closed(1012, _)), "{ended:?}");
                    }
                }
            })
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(app.stop().await, Some(0), "{}", app.log());
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    for waiting in waiting {
        waiting.await.unwrap();
    }
}

for_each_setup!(an_instance_that_stops_says_so_and_ends_every_client, |setup| {
    let mut app = roomy(setup).start().await;
    let ada = app.register("ada").await;
    let operator = app.operator().await;
    let mut sockets = Vec::new();
    for transport in [Transport::ALL, Transport::ALL].concat() {
        sockets.push((transport, ada.socketio_and_welcome(transport).await.0));
    }
    let mut watcher = operator.without_token().socketio(Transport::Polling).await;
    watcher
        .enter("/cluster", &json!({ "token": operator.token() }))
        .await
        .unwrap();
    // In no namespace.
    let _idle = app.anonymous().socketio(Transport::WebSocket).await;
    assert_drained(&mut app, sockets).await;
});
