//! How much one user and one client may do: as much as with native sockets.

use std::time::Duration;

use serde_json::json;
use tenon_tests::app::{Ended, Transport};
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until;

const SPEAKERS: usize = 6;
const EVENTS: usize = 300;

/// Far more than anything takes that is waited for here.
const PATIENCE: Duration = Duration::from_secs(30);

for_each_setup!(every_namespace_of_rooms_counts_as_a_socket_of_its_user, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let auth = json!({ "token": ada.token() });
    let _native = [ada.socket().await, ada.socket().await];
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        sockets.push(ada.socketio_and_welcome(transport).await.0);
    }
    let mut more = app.anonymous().socketio(Transport::WebSocket).await;
    for namespace in ["/", "/events"] {
        assert_eq!(more.enter(namespace, &auth).await.unwrap_err(), "Too many open sockets");
    }
    assert_eq!(
        sockets[1].enter("/events", &auth).await.unwrap_err(),
        "Too many open sockets"
    );
    // Who leaves a namespace makes room, and so does who was refused.
    sockets[1].send("41").await.unwrap();
    for _ in 0..3 {
        until("a place is free", PATIENCE, async || {
            more.enter("/", &auth).await.is_ok()
        })
        .await;
        assert_eq!(more.event("/").await.0, "tenon:welcome");
        more.send("41").await.unwrap();
    }
});

for_each_setup!(one_event_too_many_in_a_minute_ends_the_connection, |setup| {
    let options = setup.options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "20");
    let app = options.start().await;
    let ada = app.register("ada").await;
    for transport in Transport::ALL {
        let (mut socket, _) = ada.socketio_and_welcome(transport).await;
        // The first was to enter.
        for _ in 1..20 {
            socket.ok("/", "auth", &[json!(ada.token())]).await;
        }
        socket.emit("/", "auth", &[json!(ada.token())]).await;
        assert_eq!(socket.closing("/").await, 4429, "{transport:?}");
        let expected = match transport {
            Transport::Polling => Ended::Broken,
            Transport::WebSocket | Transport::Upgraded => Ended::Closed(4429, "too many frames in a minute".to_owned()),
        };
        assert_eq!(socket.ended().await, expected);
    }
});

for_each_setup!(a_client_is_in_so_many_rooms, |setup| {
    let options = setup.options().set("TENON__SOCKETS__ROOMS_PER_SOCKET", "3");
    let app = options.start().await;
    let ada = app.register("ada").await;
    let mut sites = Vec::new();
    for name in ["North", "South"] {
        sites.push(json!(ada.made_site(&ada.organization, name).await));
    }
    let (mut socket, _) = ada.socketio_and_welcome(Transport::Polling).await;
    socket.ok("/", "subscribe:site", &sites[..1]).await;
    socket.ok("/", "subscribe:site", &sites[..1]).await;
    assert_eq!(
        socket.refused("/", "subscribe:site", &sites[1..]).await,
        "too_many_rooms"
    );
    socket.ok("/", "unsubscribe:site", &sites[..1]).await;
    socket.ok("/", "subscribe:site", &sites[1..]).await;
});

for_each_setup!(
    a_client_that_takes_nothing_is_ended_and_nobody_else_waits_for_it,
    |setup| {
        let options = setup
            .options()
            .set("TENON__SOCKETS__STALLED_SECONDS", "2")
            .set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000");
        let app = options.start().await;
        let ada = app.register("ada").await;
        ada.all_told().await;
        // It polls no more.
        let (mut idle, _) = ada.socketio_and_welcome(Transport::Polling).await;
        let (mut busy, _) = ada.socketio_and_welcome(Transport::Polling).await;
        let (mut speaker, _) = ada.socketio_and_welcome(Transport::WebSocket).await;
        let large = "x".repeat(20_000);
        for number in 0..300 {
            let said = [json!(ada.room()), json!("said"), json!([number, large])];
            speaker.ok("/", "publish", &said).await;
            let (_, data, _) = busy.events(1).await.remove(0);
            assert_eq!(data[0], number);
        }
        let ended = "\ntenon_socket_slow_closes_total 1\n";
        until("the idle client is ended", PATIENCE, async || {
            let metrics = app.anonymous().get("/metrics").await.expect(200);
            metrics.text().contains(ended)
        })
        .await;
        assert_eq!(idle.ended().await, Ended::Broken);
    }
);

for_each_setup!(an_address_may_open_so_many_connections_in_a_minute, |setup| {
    let options = setup.options().set("TENON__LIMITS__CONNECTIONS_PER_MINUTE", "5");
    let app = options.start().await;
    let ada = app.register("ada").await;
    let stranger = app.anonymous();
    let (mut socket, _) = ada.socketio_and_welcome(Transport::Polling).await;
    let open = "/socket.io/?EIO=4&transport=polling";
    for _ in 0..5 {
        stranger.get(open).await.expect(200);
    }
    let refused = stranger.get(open).await;
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    refused.problem(429, "rate_limited");
    // Who is connected goes on, from whichever address.
    socket.ok("/", "auth", &[json!(ada.token())]).await;
    app.anonymous().get(open).await.expect(200);
});

for_each_setup!(
    who_publishes_faster_than_events_are_delivered_is_read_on_and_on,
    |setup| {
        let options = setup
            .options()
            .set("TENON__SOCKETS__FRAMES_PER_MINUTE", "1000000")
            .set("TENON__SOCKETS__PER_USER", "1000")
            // Who speaks reads nothing meanwhile, and so answers no ping.
            .set("TENON__SOCKETS__DEAD_SECONDS", "120");
        let app = options.start().await;
        let ada = app.register("ada").await;
        ada.all_told().await;
        let mut crowd = Vec::new();
        for _ in 0..30 {
            crowd.push(ada.socketio_and_welcome(Transport::WebSocket).await.0);
        }
        let speakers: Vec<_> = (0..SPEAKERS)
            .map(|speaker| {
                let ada = ada.clone();
                tokio::spawn(async move {
                    // Who polls has to read meanwhile, or nothing more is taken from it.
                    let transport = [Transport::WebSocket, Transport::Upgraded][speaker % 2];
                    let (mut socket, _) = ada.socketio_and_welcome(transport).await;
                    for number in 0..EVENTS {
                        let said = [json!(ada.room()), json!("said"), json!(number)];
                        socket.emit("/", "publish", &said).await;
                    }
                    // It is followed after all of those.
                    socket.ok("/", "auth", &[json!(ada.token())]).await;
                })
            })
            .collect();
        for speaker in speakers {
            speaker.await.unwrap();
        }
        for socket in &mut crowd {
            assert_eq!(socket.events(SPEAKERS * EVENTS).await.len(), SPEAKERS * EVENTS);
        }
    }
);
