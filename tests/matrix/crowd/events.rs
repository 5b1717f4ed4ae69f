//! Events of rooms: published with a key, and heard by subscribers who resume.

use reqwest::Method;
use serde_json::{Value, json};
use tenon_rooms::Position;
use tenon_tests::app::{Person, Socket, subscription};
use tenon_tests::random::Random;
use tenon_tests::tally::{Heard, Said, Tally, place};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::super::ground::Ground;
use super::way::{Way, is_over, next};
use super::{Count, GIVEN_UP, PACE, PATIENCE, Stop, Task, each};

/// Subscribers of each room.
const LISTENERS: usize = 3;

/// One in so many events one goes to another instance.
const WANDERING: usize = 80;

/// The name of the events.
const SAID: &str = "said";

/// Up to where everybody listens; nothing while somebody speaks.
type End = watch::Receiver<Option<Position>>;

/// The rooms of a site: one of all instances, or one of each when they do not hear one another.
pub struct Rooms(Vec<Stage>);

struct Stage {
    /// Of whoever says the last word.
    way: Way<Person>,
    room: Room,
    speaking: Vec<JoinHandle<Said>>,
    listening: Vec<JoinHandle<Heard>>,
    end: watch::Sender<Option<Position>>,
    /// What is said last. Its key is nobody else's.
    last_word: u64,
}

/// Where it is published, and under which name it is subscribed to.
#[derive(Clone)]
struct Room {
    path: String,
    name: String,
}

impl Rooms {
    pub async fn begin(ground: &Ground, seed: u64, count: &Count, stop: &Stop) -> Self {
        let owner = ground.register("speaker").await;
        let site = owner.made_site(&owner.organization, "Harbor").await;
        let room = Room {
            path: format!("/api/orgs/{}/sites/{site}/events", owner.organization),
            name: format!("org:{}:site:{site}", owner.organization),
        };
        let over = ground.over_lines(&owner);
        let ways = if ground.stand.shares_rooms() {
            vec![over]
        } else {
            over.into_iter().map(|one| vec![one]).collect()
        };
        let mut stages = Vec::new();
        for (part, way) in ways.into_iter().enumerate() {
            let first = 1_000_000 * (1 + part as u64);
            stages.push(Stage::open(room.clone(), way, first, seed, (count, stop)).await);
        }
        Self(stages)
    }

    pub fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        self.0.iter().flat_map(Stage::tasks)
    }

    pub async fn end(self) -> Tally {
        let mut tally = Tally::default();
        for stage in self.0 {
            tally.add(stage.end().await);
        }
        tally
    }
}

impl Stage {
    /// Nobody speaks before all listen.
    async fn open(room: Room, who: Vec<Person>, first: u64, seed: u64, (count, stop): (&Count, &Stop)) -> Self {
        let (end, ends) = watch::channel(None);
        let random = |number: usize| Random::seeded(seed ^ first ^ (number as u64) << 52);
        let mut listening = Vec::new();
        for number in 0..LISTENERS {
            let way = Way::over(who.clone(), number);
            let listener = Listener::join_with(way, &room.name, random(8 + number)).await;
            listening.push(tokio::spawn(listener.listen(ends.clone())));
        }
        let speaking = (0..2).map(|number| {
            let speaker = Speaker {
                way: Way::over(who.clone(), number),
                room: room.clone(),
                said: Said::default(),
            };
            let first = first + 100_000 * number as u64;
            tokio::spawn(speaker.speak(first, random(number), count.clone(), stop.clone()))
        });
        let speaking = speaking.collect();
        Self {
            listening,
            way: Way::over(who, 0),
            room,
            speaking,
            end,
            last_word: first - 1,
        }
    }

    fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        each(&self.speaking).chain(each(&self.listening))
    }

    async fn end(self) -> Tally {
        let mut said = Vec::new();
        for speaker in self.speaking {
            said.push(speaker.await.unwrap());
        }
        let mut last = Speaker {
            way: self.way,
            room: self.room,
            said: Said::default(),
        };
        let begin = Instant::now();
        while !last.say(self.last_word).await {
            assert!(begin.elapsed() < PATIENCE, "nobody publishes the last word");
        }
        self.end.send_replace(last.said.acknowledged.last().map(|(at, _)| *at));
        said.push(last.said);
        let mut heard = Vec::new();
        for listener in self.listening {
            let listener = timeout(PATIENCE, listener).await;
            heard.push(listener.expect("somebody does not hear the last word").unwrap());
        }
        let heard: Vec<&Heard> = heard.iter().collect();
        Tally::of_events(&Said::together(said), &heard)
    }
}

struct Speaker {
    way: Way<Person>,
    room: Room,
    said: Said,
}

impl Speaker {
    async fn speak(mut self, first: u64, mut random: Random, count: Count, stop: Stop) -> Said {
        for number in first.. {
            loop {
                if self.say(number).await {
                    count.add();
                    break;
                }
                if is_over(&stop) || random.one_in(GIVEN_UP) {
                    self.said.given_up.insert(number);
                    break;
                }
            }
            if is_over(&stop) {
                break;
            }
            sleep(PACE).await;
        }
        self.said
    }

    /// Publishes a number under its key, and says whether that was acknowledged.
    async fn say(&mut self, number: u64) -> bool {
        let (room, body) = (&self.room, json!({ "event": SAID, "data": number }));
        let emit = async |who: &Person| {
            let call = who.call(Method::POST, &room.path);
            call.header("idempotency-key", number.to_string())
                .json(&body)
                .try_send()
                .await
        };
        let answer = self.way.ask(emit).await;
        let at = answer.map(|answer| place(&answer.expect(200).json()));
        self.said.acknowledged.extend(at.map(|at| (at, number)));
        at.is_some()
    }
}

struct Listener {
    way: Way<Person>,
    room: String,
    heard: Heard,
    random: Random,
}

impl Listener {
    /// Somebody who hears all that is said from now on.
    async fn join_with(mut way: Way<Person>, room: &str, random: Random) -> Self {
        let begin = Instant::now();
        loop {
            let mut socket = way.socket().await;
            if let Some(here) = join(&mut socket, room, None).await {
                return Self {
                    way,
                    room: room.to_owned(),
                    heard: Heard::from(here),
                    random,
                };
            }
            assert!(begin.elapsed() < PATIENCE, "nobody gets into the room");
        }
    }

    /// Listens over one socket after the other, each where the one before ended.
    async fn listen(mut self, mut end: End) -> Heard {
        loop {
            let mut socket = self.way.socket().await;
            let joined = join(&mut socket, &self.room, Some(self.heard.at)).await;
            if joined.is_some() && self.listen_over(&mut socket, &mut end).await {
                return self.heard;
            }
            self.way.turn();
        }
    }

    /// Whether everything is heard; otherwise the connection ended, or one goes elsewhere.
    async fn listen_over(&mut self, socket: &mut Socket, end: &mut End) -> bool {
        loop {
            let (at, last) = (self.heard.at, *end.borrow_and_update());
            if last.is_some_and(|last| last.epoch == at.epoch && last.offset <= at.offset) {
                return true;
            }
            let frame = tokio::select! {
                frame = next(socket) => frame,
                _ = end.changed() => continue,
            };
            let Some(frame) = frame else { return false };
            if frame["room"] == self.room.as_str() {
                self.hear(&frame);
            }
            if self.random.one_in(WANDERING) {
                return false;
            }
        }
    }

    fn hear(&mut self, frame: &Value) {
        match frame["type"].as_str().unwrap() {
            "event" if frame["event"] == SAID => self.heard.event(place(frame), frame["data"].as_u64().unwrap()),
            // That the site was created may be told late.
            "event" => self.heard.other(place(frame)),
            "gap" => self.heard.gap(place(frame)),
            _ => {}
        }
    }
}

/// Joins a room where it was left, and says where it is; nothing when that did not work.
async fn join(socket: &mut Socket, room: &str, left: Option<Position>) -> Option<Position> {
    let left = left.map(|left| (left.epoch.to_string(), left.offset.get()));
    let mut frame = subscription(room, left.as_ref().map(|(epoch, offset)| (epoch.as_str(), *offset)));
    frame["id"] = json!("join");
    socket.send_raw(frame.to_string().into()).await;
    loop {
        let frame = next(socket).await?;
        if frame["id"] != "join" {
            // Of the room that one is in anyway.
            continue;
        }
        if frame["type"] == "ok" {
            return Some(place(&frame));
        }
        assert_eq!(frame["code"], "unavailable", "{frame}");
        return None;
    }
}
