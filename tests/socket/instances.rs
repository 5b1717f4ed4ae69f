//! Rooms across instances that share a database and Redis.

use serde_json::{Value, json};
use tenon_tests::app::{Setup, position};

const EVENTS: u64 = 200;

fn offsets(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["offset"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn what_is_published_on_two_instances_is_heard_on_both_once_and_in_one_order() {
    let options = Setup::PostgresWithRedis.options();
    let options = options.set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000");
    let here = options.set("TENON__SOCKETS__PER_USER", "100").start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let room = ada.room();
    let (mut one, welcome) = ada.socket_and_welcome().await;
    let mut two = ada.on(&there).socket().await;
    let (epoch, start) = position(&welcome, &room);
    let mut speakers = Vec::new();
    for app in [&here, &there] {
        let (mut socket, room) = (ada.on(app).socket().await, room.clone());
        speakers.push(tokio::spawn(async move {
            for number in 0..EVENTS {
                socket.publish(&room, "said", &json!(number)).await;
            }
        }));
    }
    let count = 2 * usize::try_from(EVENTS).unwrap();
    let heard = one.events(count).await;
    assert_eq!(heard, two.events(count).await);
    assert_eq!(offsets(&heard), (start + 1..=start + 2 * EVENTS).collect::<Vec<_>>());
    for speaker in speakers {
        speaker.await.unwrap();
    }

    let mut moved = ada.on(&there).socket().await;
    moved.subscribe(&room, Some((&epoch, start + 50))).await;
    assert_eq!(moved.events(count - 50).await, heard[50..]);
}
