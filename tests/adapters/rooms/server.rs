use std::process::Command;
use std::time::Instant;

use tenon_tests::rooms::{event, room};
use tenon_tests::waiting::until;
use tokio::time::sleep;
use xtask::servers::Redis as Server;

use super::{Events, arrives, ask, heard_more, instance, losses};
use crate::counters::{PATIENCE, millis, seconds};

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_loses_its_rooms_and_every_listener_is_told() {
    let mut server = Server::start().unwrap();
    let (one, other, room) = (instance(&server.url()).await, instance(&server.url()).await, room());
    let start = one.broker.join(&room).await.unwrap();
    assert_eq!(other.broker.join(&room).await.unwrap(), start);
    let events = Events::start(one.broker.clone(), room);
    for _ in 0..2 {
        heard_more(&other, &room, 100).await;
        server.kill().unwrap();
        server.restart().unwrap();
        heard_more(&other, &room, 100).await;
    }
    let (_, last) = events.stop().await;
    for instance in [&one, &other] {
        arrives(instance, &room, last).await;
        instance.ear.assert_unbroken(&room, start);
        assert_eq!(losses(instance, &room), 2);
    }
    assert_ne!(start.epoch, last.epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_for_a_while_loses_nothing() {
    let server = Server::start().unwrap();
    let (one, other, room) = (instance(&server.url()).await, instance(&server.url()).await, room());
    let start = one.broker.join(&room).await.unwrap();
    other.broker.join(&room).await.unwrap();
    let events = Events::start(one.broker.clone(), room);
    for pause in [50, 400, 2_500] {
        heard_more(&other, &room, 50).await;
        signal(&server, "-STOP");
        sleep(millis(pause)).await;
        signal(&server, "-CONT");
    }
    events.are_all_heard([&one, &other], &room, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flushed_server_begins_anew_and_every_listener_is_told() {
    let server = Server::start().unwrap();
    let (one, other, room) = (instance(&server.url()).await, instance(&server.url()).await, room());
    let start = one.broker.join(&room).await.unwrap();
    other.broker.join(&room).await.unwrap();
    let events = Events::start(one.broker.clone(), room);
    for _ in 0..3 {
        heard_more(&other, &room, 100).await;
        let _: String = ask(&server.url(), &["FLUSHALL"]).await;
        heard_more(&other, &room, 100).await;
    }
    let (_, last) = events.stop().await;
    for instance in [&one, &other] {
        arrives(instance, &room, last).await;
        instance.ear.assert_unbroken(&room, start);
        assert_eq!(losses(instance, &room), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_room_is_told_that_the_server_was_flushed() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let start = instance.broker.join(&room).await.unwrap();
    let _: String = ask(&server.url(), &["FLUSHALL"]).await;
    instance.ear.until(&room, "the loss", |all| !all.is_empty()).await;
    let now = instance.broker.position(&room).await.unwrap();
    arrives(&instance, &room, now).await;
    assert_ne!(now.epoch, start.epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_older_data_does_not_give_offsets_a_second_time() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let start = instance.broker.join(&room).await.unwrap();
    for number in 0..5 {
        instance.broker.publish(&room, &event(number), None).await.unwrap();
    }
    let last = instance.broker.position(&room).await.unwrap();
    instance.ear.up_to(&room, last).await;
    let _: i64 = ask(
        &server.url(),
        &["HSET", &format!("tenon:{{{room}}}:count"), "offset", "2"],
    )
    .await;
    let _: i64 = ask(
        &server.url(),
        &["XTRIM", &format!("tenon:{{{room}}}:events"), "MAXLEN", "0"],
    )
    .await;
    instance.ear.until(&room, "the loss", |all| all.len() > 5).await;
    let now = instance.broker.position(&room).await.unwrap();
    assert_ne!(now.epoch, start.epoch);
    let next = instance.broker.publish(&room, &event(6), None).await.unwrap();
    instance.ear.up_to(&room, next).await;
    instance.ear.assert_unbroken(&room, start);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_on_a_server_that_is_gone() {
    let mut server = Server::start().unwrap();
    let (instance, followed, unknown) = (instance(&server.url()).await, room(), room());
    let start = instance.broker.join(&followed).await.unwrap();
    server.kill().unwrap();
    // The first one finds out.
    assert!(instance.broker.publish(&followed, &event(1), None).await.is_err());
    let asked = Instant::now();
    for number in 0..50 {
        assert!(instance.broker.publish(&followed, &event(number), None).await.is_err());
        assert!(instance.broker.position(&followed).await.is_err());
        assert!(instance.broker.since(&followed, start).await.is_err());
        assert!(instance.broker.join(&unknown).await.is_err());
    }
    assert!(asked.elapsed() < seconds(1), "took {:?}", asked.elapsed());
    assert_eq!(instance.broker.join(&followed).await.unwrap(), start);
    server.restart().unwrap();
    until("to join again", PATIENCE, async || {
        instance.broker.join(&unknown).await.is_ok()
    })
    .await;
    let heard = instance.broker.publish(&unknown, &event(1), None).await.unwrap();
    assert_eq!(instance.ear.up_to(&unknown, heard).await.len(), 1);
}

fn signal(server: &Server, signal: &str) {
    let pid = server.pid().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
}
