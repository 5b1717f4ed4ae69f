//! A client that writes and reads over one socket after the other, as the library for clients does.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Ended, Socket, sealed};
use tenon_tests::random::Random;
use tenon_tests::tally::{Letter, Received, Sent};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::doors::{CODES, Doors};

/// How soon what was refused for now is sent again.
const AGAIN: Duration = Duration::from_millis(20);

/// The longest text.
const LENGTH: usize = 3_000;

/// So much is taken care of at most before it is acknowledged.
const UNACKNOWLEDGED: usize = 16;

/// What everybody does.
#[derive(Debug, Clone)]
pub enum Phase {
    /// Writes and reads.
    Write,
    /// Writes no more.
    Stop,
    /// Goes, once it has read and acknowledged everything up to its place here.
    End(BTreeMap<String, u64>),
}

/// Whom one writes to.
#[derive(Debug, Clone)]
pub struct Peer {
    pub id: String,
    /// One for all, or a number.
    pub devices: Vec<u64>,
}

/// How far all together are.
#[derive(Clone)]
pub struct Progress {
    pub acknowledged: watch::Sender<u64>,
    pub stopped: watch::Sender<usize>,
}

pub struct Correspondent {
    pub doors: Doors,
    pub sent: Sent,
    pub received: Received,
    /// Connections that broke.
    pub breaks: u64,
    peers: Vec<Peer>,
    progress: Progress,
    random: Random,
    /// What is not acknowledged yet, and its frame.
    pending: Option<(Letter, Value)>,
    number: u64,
    /// Up to where the device is said to have acknowledged.
    cursor: u64,
    /// Entries that are yet to come before the next acknowledgement.
    until: usize,
    is_stopped: bool,
}

impl Correspondent {
    /// Somebody who writes to each of the peers in turn, or only reads when there are none.
    pub fn new(doors: Doors, peers: Vec<Peer>, progress: Progress, seed: u64) -> Self {
        Self {
            doors,
            sent: Sent::default(),
            received: Received::default(),
            breaks: 0,
            peers,
            progress,
            random: Random::seeded(seed),
            pending: None,
            number: 0,
            cursor: 0,
            until: 1,
            is_stopped: false,
        }
    }

    /// Writes and reads until the end.
    pub async fn correspond(mut self, mut phase: watch::Receiver<Phase>) -> Self {
        loop {
            let mut socket = self.doors.open().await;
            match self.over(&mut socket, &mut phase).await {
                Ok(()) => return self,
                Err(ended) => ended.assert_expected(&CODES),
            }
            self.breaks += 1;
            if let Some((letter, _)) = self.pending.take_if(|_| self.random.one_in(4)) {
                self.sent.given_up.insert(letter.client);
            }
        }
    }

    async fn over(&mut self, socket: &mut Socket, phase: &mut watch::Receiver<Phase>) -> Result<(), Ended> {
        if let Some((_, frame)) = &self.pending {
            self.sent.again += 1;
            send(socket, frame).await;
        }
        // Another reader of the device may be further.
        self.acknowledge(socket, "some").await;
        loop {
            let now = phase.borrow_and_update().clone();
            match now {
                _ if self.pending.is_some() => {}
                Phase::Write => self.write(socket).await,
                Phase::Stop => self.stop(),
                Phase::End(ends) if self.received.last.max(self.cursor) >= ends[&self.doors.person().id] => {
                    return self.finish(socket).await;
                }
                Phase::End(_) => {}
            }
            tokio::select! {
                frame = socket.next_or_end() => self.take(&frame?, socket).await,
                _ = phase.changed() => {}
            }
        }
    }

    fn stop(&mut self) {
        if !self.peers.is_empty() && !self.is_stopped {
            self.is_stopped = true;
            self.progress.stopped.send_modify(|count| *count += 1);
        }
    }

    /// Writes to the next peer.
    async fn write(&mut self, socket: &mut Socket) {
        let count = self.peers.len() as u64;
        let Some(next) = self.number.checked_rem(count) else {
            return;
        };
        let peer = &self.peers[next as usize];
        let device = self.random.pick(&peer.devices);
        let letter = Letter {
            from: self.doors.person().id.clone(),
            to: peer.id.clone(),
            client: Uuid::new_v4().to_string(),
            number: self.number,
            seq: 0,
        };
        let text = format!("{}:{}", self.number, "-".repeat(self.random.below(LENGTH)));
        let frame = json!({
            "id": self.number, "type": "message.send", "clientId": letter.client, "to": letter.to, "device": device,
            "content": sealed(&text),
        });
        self.number += 1;
        send(socket, &frame).await;
        self.pending = Some((letter, frame));
    }

    async fn take(&mut self, frame: &Value, socket: &mut Socket) {
        match frame["type"].as_str().unwrap() {
            "message" | "receipt" => {
                self.received.take(frame);
                self.until -= 1;
                if self.until == 0 {
                    self.until = 1 + self.random.below(UNACKNOWLEDGED);
                    self.acknowledge(socket, "some").await;
                }
            }
            "ok" => {
                self.cursor = self.cursor.max(frame["upTo"].as_u64().unwrap_or(0));
                self.sent(frame);
            }
            "error" => {
                assert_eq!(frame["code"], "unavailable", "{frame}");
                if let Some((_, again)) = self.pending.as_ref().filter(|(_, sent)| sent["id"] == frame["id"]) {
                    self.sent.again += 1;
                    sleep(AGAIN).await;
                    send(socket, again).await;
                }
            }
            _ => {}
        }
    }

    fn sent(&mut self, answer: &Value) {
        let Some((mut letter, _)) = self.pending.take_if(|(_, frame)| frame["id"] == answer["id"]) else {
            return;
        };
        letter.seq = answer["message"]["seq"].as_u64().unwrap();
        self.sent.acknowledged.push(letter);
        self.progress.acknowledged.send_modify(|count| *count += 1);
    }

    async fn acknowledge(&self, socket: &mut Socket, id: &str) {
        send(
            socket,
            &json!({ "id": id, "type": "message.ack", "upTo": self.received.last }),
        )
        .await;
    }

    /// Acknowledges everything.
    async fn finish(&mut self, socket: &mut Socket) -> Result<(), Ended> {
        let all = self.received.last;
        self.acknowledge(socket, "all").await;
        loop {
            let frame = socket.next_or_end().await?;
            if frame["id"] != "all" {
                self.take(&frame, socket).await;
            } else if frame["type"] == "ok" {
                assert!(frame["upTo"].as_u64().unwrap() >= all, "{frame}");
                return Ok(());
            } else {
                assert_eq!(frame["code"], "unavailable", "{frame}");
                sleep(AGAIN).await;
                self.acknowledge(socket, "all").await;
            }
        }
    }
}

/// Sends a frame; that the connection broke is seen by who reads from it.
async fn send(socket: &mut Socket, frame: &Value) {
    socket.send_raw(Message::text(frame.to_string())).await;
}
