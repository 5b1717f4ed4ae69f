//! A client that follows a room and takes up where it was cut off.

use std::time::Duration;

use serde_json::json;
use tenon_rooms::Position;
use tenon_tests::app::{Ended, Person, Socket, subscription};
use tenon_tests::tally::{Heard, place};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// How soon a client tries again when an instance cannot let it in.
const AGAIN: Duration = Duration::from_millis(50);

/// Far more than it takes to be let in again.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a client that wanders stays.
const STAY: Duration = Duration::from_millis(150);

/// The id of the frame that joins.
const JOIN: &str = "join";

pub struct Follower {
    pub room: String,
    pub record: Heard,
    pub socket: Socket,
    /// When it was told to go, and how long it was to wait before it comes back.
    pub drain: Option<(Instant, Duration)>,
}

impl Follower {
    /// Joins a room and hears what is said from now on.
    pub async fn join(person: &Person, room: &str) -> Self {
        let (socket, here) = connect(person, room, None).await;
        Self {
            room: room.to_owned(),
            record: Heard::from(here),
            socket,
            drain: None,
        }
    }

    /// Goes on over a new connection, to the instance that `person` talks to.
    pub async fn resume(&mut self, person: &Person) {
        (self.socket, _) = connect(person, &self.room, Some(self.record.at)).await;
    }

    /// Takes one more frame.
    ///
    /// # Errors
    ///
    /// How the connection ended.
    pub async fn hear(&mut self) -> Result<(), Ended> {
        let frame = self.socket.next_or_end().await?;
        let here = frame["room"] == self.room.as_str();
        match frame["type"].as_str().unwrap() {
            "event" if here => self.record.event(place(&frame), frame["data"].as_u64().unwrap()),
            "gap" if here => self.record.gap(place(&frame)),
            "drain" => {
                let retry = Duration::from_millis(frame["retryAfterMs"].as_u64().unwrap());
                self.drain = Some((Instant::now(), retry));
            }
            "error" => panic!("{frame}"),
            _ => {}
        }
        Ok(())
    }

    /// Follows the room over one connection until it is where `end` says, as soon as that is known.
    pub async fn follow(&mut self, end: &mut watch::Receiver<Option<Position>>) {
        while *end.borrow_and_update() != Some(self.record.at) {
            tokio::select! {
                heard = self.hear() => heard.unwrap(),
                changed = end.changed() => changed.unwrap(),
            }
        }
    }

    /// Follows it over one connection after the other, a while over each, to all `people` in turn.
    pub async fn wander(&mut self, people: &[Person], end: &mut watch::Receiver<Option<Position>>) {
        for person in people.iter().cycle() {
            self.resume(person).await;
            if timeout(STAY, self.follow(end)).await.is_ok() {
                return;
            }
        }
    }
}

/// Connects, and joins a room after a position, as often as it takes; answers where the room is.
pub async fn connect(person: &Person, room: &str, after: Option<Position>) -> (Socket, Position) {
    let begin = Instant::now();
    loop {
        if let Some(joined) = attempt(person, room, after).await {
            return joined;
        }
        assert!(begin.elapsed() < PATIENCE, "not let in");
        sleep(AGAIN).await;
    }
}

/// Opens a connection and asks to join; nothing when the instance takes nobody.
pub async fn ask(person: &Person, room: &str, after: Option<Position>) -> Option<Socket> {
    let bearer = format!("Bearer {}", person.token());
    let mut socket = match person.handshake("/api/ws", &[("authorization", &bearer)]).await {
        Ok(socket) => socket,
        Err(answer) => {
            answer.problem(503, "unavailable");
            return None;
        }
    };
    let epoch = after.map(|after| (after.epoch.to_string(), after.offset.get()));
    let resume = epoch.as_ref().map(|(epoch, offset)| (epoch.as_str(), *offset));
    let mut frame = subscription(room, resume);
    frame["id"] = json!(JOIN);
    socket.send(&frame).await;
    Some(socket)
}

async fn attempt(person: &Person, room: &str, after: Option<Position>) -> Option<(Socket, Position)> {
    let mut socket = ask(person, room, after).await?;
    loop {
        match socket.next_or_end().await {
            // What comes before the answer comes again after it.
            Ok(frame) if frame["id"] != JOIN => {}
            Ok(frame) if frame["type"] == "ok" => return Some((socket, place(&frame))),
            Ok(frame) => {
                assert_eq!(frame["code"], "unavailable", "{frame}");
                return None;
            }
            Err(ended) => {
                assert!(matches!(ended, Ended::Closed(1011 | 1012, _)), "{ended:?}");
                return None;
            }
        }
    }
}
