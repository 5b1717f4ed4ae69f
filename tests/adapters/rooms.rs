//! Rooms over a server that breaks: whoever listens hears every event in order once, or is told that some are lost.

mod connections;
mod presences;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue};
use tenon_rooms::{Broker, History, Position, Room};
use tenon_tests::rooms::{Heard, Instance, event, key};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::counters::millis;

async fn ask<T: FromRedisValue>(url: &str, words: &[&str]) -> T {
    let client = redis::Client::open(url).unwrap();
    let mut connection: MultiplexedConnection = client.get_multiplexed_async_connection().await.unwrap();
    let mut command = Cmd::new();
    command.arg(words);
    command.query_async(&mut connection).await.unwrap()
}

async fn instance(url: &str) -> Instance {
    Instance::over(url, History::default()).await
}

/// Numbered events, one after the other, each published again until it succeeds.
struct Events {
    enough: Arc<AtomicBool>,
    publishing: JoinHandle<(u64, Position)>,
}

impl Events {
    fn start(broker: Arc<dyn Broker>, room: Room) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let publishing = tokio::spawn({
            let enough = Arc::clone(&enough);
            async move {
                let mut number = 0;
                loop {
                    let position = publish(&*broker, &room, number).await;
                    number += 1;
                    if enough.load(Ordering::Relaxed) {
                        return (number, position);
                    }
                    // What is missed meanwhile has to fit into the history.
                    sleep(millis(1)).await;
                }
            }
        });
        Self { enough, publishing }
    }

    /// How many there were, and where the last one is.
    async fn stop(self) -> (u64, Position) {
        self.enough.store(true, Ordering::Relaxed);
        self.publishing.await.unwrap()
    }

    /// Stops, and fails unless both instances heard every event of the room once, in order.
    async fn are_all_heard(self, [one, other]: [&Instance; 2], room: &Room, start: Position) {
        heard_more(other, room, 50).await;
        let (count, last) = self.stop().await;
        for instance in [one, other] {
            arrives(instance, room, last).await;
            instance.ear.assert_unbroken(room, start);
            assert_all(instance, room, count);
        }
    }
}

async fn publish(broker: &dyn Broker, room: &Room, number: u64) -> Position {
    let (event, once) = (event(number), Some(key()));
    loop {
        match broker.publish(room, &event, once).await {
            Ok(position) => return position,
            Err(_) => sleep(millis(10)).await,
        }
    }
}

/// Waits until the room was heard to say this much after what it said before.
async fn heard_more(instance: &Instance, room: &Room, more: usize) {
    let before = instance.ear.all(room).len();
    instance
        .ear
        .until(room, "more events", |all| all.len() >= before + more)
        .await;
}

/// Fails unless every event was heard once, in order.
fn assert_all(instance: &Instance, room: &Room, count: u64) {
    assert_eq!(losses(instance, room), 0);
    let events = instance.ear.events(room);
    assert_eq!(events.len() as u64, count);
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event.data.as_str(), number.to_string());
    }
}

fn losses(instance: &Instance, room: &Room) -> usize {
    let all = instance.ear.all(room);
    all.iter().filter(|heard| matches!(heard, Heard::Lost(_))).count()
}

/// Waits until the instance is where the room is: the last event was heard, or is among what was said to be lost.
async fn arrives(instance: &Instance, room: &Room, last: Position) {
    let there = |heard: &Heard| match heard {
        Heard::Event(event) => event.position == last,
        Heard::Lost(position) => *position == last,
    };
    instance
        .ear
        .until(room, &format!("{last:?}"), |all| all.iter().any(there))
        .await;
}
