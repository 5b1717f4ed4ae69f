use std::collections::HashMap;

use tenon_rooms::{Position, Room};
use tenon_tests::rooms::{event, room};
use tenon_tests::waiting::until;
use tokio::task::JoinSet;
use xtask::servers::Redis as Server;

use super::{Events, arrives, ask, heard_more, instance, losses};
use crate::counters::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_subscription_is_a_replay_and_not_a_hole() {
    let server = Server::start().unwrap();
    let (one, other, room) = (instance(&server.url()).await, instance(&server.url()).await, room());
    let start = one.broker.join(&room).await.unwrap();
    other.broker.join(&room).await.unwrap();
    let events = Events::start(one.broker.clone(), room);
    for _ in 0..5 {
        heard_more(&other, &room, 50).await;
        let _: i64 = ask(&server.url(), &["CLIENT", "KILL", "TYPE", "pubsub"]).await;
    }
    events.are_all_heard([&one, &other], &room, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_joined_room_is_heard_again_after_the_connections_were_lost() {
    let server = Server::start().unwrap();
    let (one, other) = (instance(&server.url()).await, instance(&server.url()).await);
    let mut starts: HashMap<Room, Position> = HashMap::new();
    for _ in 0..1_200 {
        let room = room();
        starts.insert(room, other.broker.join(&room).await.unwrap());
    }
    let _: i64 = ask(&server.url(), &["CLIENT", "KILL", "TYPE", "pubsub"]).await;
    let mut publishers = JoinSet::new();
    for room in starts.keys().copied() {
        let broker = one.broker.clone();
        publishers.spawn(async move { (room, super::publish(&*broker, &room, 1).await) });
    }
    for (room, last) in publishers.join_all().await {
        arrives(&other, &room, last).await;
        assert_eq!(losses(&other, &room), 0);
    }
    for (room, start) in starts {
        other.ear.assert_unbroken(&room, start);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_never_arrived_is_read_from_the_stream() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let start = instance.broker.join(&room).await.unwrap();
    let silent =
        "redis.call('HINCRBY', KEYS[1], 'offset', 1) return redis.call('XADD', KEYS[2], '1-0', 'e', '7 - a 1')";
    let keys = ["count", "events"].map(|what| format!("tenon:{{{room}}}:{what}"));
    let _: String = ask(&server.url(), &["EVAL", silent, "2", &keys[0], &keys[1]]).await;
    let heard = instance.ear.up_to(&room, start.next()).await;
    assert_eq!((heard.len(), heard[0].data.as_str()), (1, "1"));
    assert_eq!(losses(&instance, &room), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_a_channel_is_ignored() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let start = instance.broker.join(&room).await.unwrap();
    let channel = format!("tenon:{{{room}}}:live");
    let epoch = start.epoch.to_string();
    for garbage in [
        "",
        "garbage",
        "1 2 3",
        &format!("{epoch} 1 garbage"),
        &format!("{epoch} 9 7 - a 1"),
    ] {
        let receivers: i64 = ask(&server.url(), &["PUBLISH", &channel, garbage]).await;
        assert_eq!(receivers, 1, "{garbage}");
    }
    let last = instance.broker.publish(&room, &event(1), None).await.unwrap();
    assert_eq!(instance.ear.up_to(&room, last).await.len(), 1);
    instance.ear.assert_unbroken(&room, start);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_without_members_is_unsubscribed_from() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let channels = async || -> usize {
        let channels: Vec<String> = ask(&server.url(), &["PUBSUB", "CHANNELS", "tenon:{*"]).await;
        channels.len()
    };
    instance.broker.join(&room).await.unwrap();
    assert_eq!(channels().await, 1);
    instance.broker.leave(&room);
    until("the end of the subscription", PATIENCE, async || channels().await == 0).await;
    let start = instance.broker.join(&room).await.unwrap();
    assert_eq!(channels().await, 1);
    let last = instance.broker.publish(&room, &event(1), None).await.unwrap();
    assert_eq!(last, start.next());
    instance.ear.up_to(&room, last).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_broker_closes_its_connections() {
    let server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    instance.broker.join(&room).await.unwrap();
    drop(instance);
    until("the connections to be closed", PATIENCE, async || {
        let list: String = ask(&server.url(), &["CLIENT", "LIST"]).await;
        list.lines().count() == 1
    })
    .await;
}
