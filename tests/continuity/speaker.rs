//! A client that publishes.

use std::time::Duration;

use serde_json::json;
use tenon_tests::app::{Person, Socket};
use tenon_tests::tally::{Said, place};
use tokio::time::sleep;

/// How soon what may not have been published is published again.
const AGAIN: Duration = Duration::from_millis(20);

pub struct Speaker {
    pub said: Said,
    room: String,
    socket: Socket,
}

impl Speaker {
    /// Somebody who speaks in a room and does not listen.
    pub async fn open(person: &Person, room: &str) -> Self {
        let mut socket = person.socket().await;
        socket.ok(json!({ "type": "unsubscribe", "room": person.room() })).await;
        Self {
            said: Said::default(),
            room: room.to_owned(),
            socket,
        }
    }

    /// Publishes a number, again and again until that is acknowledged.
    pub async fn say(&mut self, number: u64) {
        let frame = json!({ "type": "publish", "room": self.room, "event": "said", "data": number });
        loop {
            let answer = self.socket.ask(frame.clone()).await;
            if answer["type"] == "ok" {
                self.said.acknowledged.push((place(&answer), number));
                return;
            }
            assert_eq!(answer["code"], "unavailable", "{answer}");
            self.said.repeated.insert(number);
            sleep(AGAIN).await;
        }
    }
}
