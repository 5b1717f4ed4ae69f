use serde_json::{Value, json};
use tenon_tests::app::{Ended, Person, Socket};

use super::numbers;

/// Frames that a socket sends, under ids that are counted from 0.
pub struct Speaker {
    pub socket: Socket,
    pub room: String,
    pub sent: u64,
}

impl Speaker {
    pub async fn new(person: &Person) -> Self {
        Self {
            socket: person.socket().await,
            room: person.room(),
            sent: 0,
        }
    }

    pub async fn send(&mut self, mut frame: Value) {
        frame["id"] = json!(self.sent);
        self.sent += 1;
        self.socket.send(&frame).await;
    }

    /// An event whose data is the id of the frame.
    pub async fn say(&mut self) {
        let frame = json!({ "type": "publish", "room": self.room, "event": "said", "data": self.sent });
        self.send(frame).await;
    }

    /// Everything that comes up to the last answer, of which there is one for each frame from `first` on, in their order:
    /// answers and events.
    pub async fn answers(&mut self, first: u64) -> (Vec<Value>, Vec<Value>) {
        let (mut answers, mut events) = (Vec::new(), Vec::new());
        while answers.len() < usize::try_from(self.sent - first).unwrap() {
            let frame = self.socket.next().await;
            if frame["type"] == "event" {
                events.push(frame);
            } else if frame["type"] != "gap" {
                answers.push(frame);
            }
        }
        assert_eq!(numbers(&answers, "id"), (first..self.sent).collect::<Vec<_>>());
        (answers, events)
    }

    /// The answers that still come, and how the connection ended.
    pub async fn answers_until_the_end(&mut self) -> (Vec<Value>, Ended) {
        let mut answers = Vec::new();
        loop {
            match self.socket.next_or_end().await {
                Ok(frame) if frame["type"] == "event" => {}
                Ok(frame) => answers.push(frame),
                Err(ended) => return (answers, ended),
            }
        }
    }
}
