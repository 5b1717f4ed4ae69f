//! Messages: sent over HTTP, received and acknowledged over sockets.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::{Person, Socket, letter};
use tenon_tests::random::Random;
use tenon_tests::tally::{Letter, Received, Sent, Tally};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::super::ground::Ground;
use super::way::{Way, is_over, next};
use super::{Count, GIVEN_UP, PACE, PATIENCE, Stop, Task, each};

const PEOPLE: usize = 3;

/// Before one acknowledges.
const UNACKNOWLEDGED: usize = 8;

/// One in so many entries one goes to another instance.
const WANDERING: usize = 60;

/// Up to where each person reads, by id; nothing while somebody writes.
type End = watch::Receiver<Option<BTreeMap<String, u64>>>;

pub struct Correspondence {
    people: Vec<Person>,
    sending: Vec<JoinHandle<Sent>>,
    reading: Vec<JoinHandle<Received>>,
    end: watch::Sender<Option<BTreeMap<String, u64>>>,
}

impl Correspondence {
    pub async fn begin(ground: &Ground, seed: u64, count: &Count, stop: &Stop) -> Self {
        let host = ground.register("host").await;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let person = ground.register(&format!("person{number}")).await;
            people.push(host.take_in(&person, "member").await);
        }
        let (end, ends) = watch::channel(None);
        let (mut sending, mut reading) = (Vec::new(), Vec::new());
        for (number, person) in people.iter().enumerate() {
            let peers = people.iter().filter(|peer| peer.id != person.id).cloned().collect();
            let random = Random::seeded(seed ^ (1 + number as u64) << 48);
            let way = Way::over(ground.over_lines(person), number);
            sending.push(tokio::spawn(send(
                way.clone(),
                peers,
                random.clone(),
                count.clone(),
                stop.clone(),
            )));
            reading.push(tokio::spawn(read(way, random, ends.clone())));
        }
        Self {
            people,
            sending,
            reading,
            end,
        }
    }

    pub fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        each(&self.sending).chain(each(&self.reading))
    }

    /// Has everybody read up to a last message.
    pub async fn end(self, ground: &Ground) -> Tally {
        let mut sent = Vec::new();
        for sender in self.sending {
            sent.push(sender.await.unwrap());
        }
        let (mut ends, mut last) = (BTreeMap::new(), Sent::default());
        for (number, to) in self.people.iter().enumerate() {
            let from = &self.people[(number + 1) % PEOPLE];
            let mut way = Way::over(ground.over_lines(from), number);
            let body = letter(to, "the last one");
            let mut letter = written(&body, from, to, u64::MAX);
            let answer = way
                .answer(|from| from.call(Method::POST, "/api/messages").json(&body))
                .await;
            letter.seq = answer.expect(201).json()["seq"].as_u64().unwrap();
            ends.insert(to.id.clone(), letter.seq);
            last.acknowledged.push(letter);
        }
        sent.push(last);
        self.end.send_replace(Some(ends));
        let mut received = Vec::new();
        for reader in self.reading {
            let reader = timeout(PATIENCE, reader).await;
            received.push(reader.expect("somebody does not get everything").unwrap());
        }
        let sent: Vec<&Sent> = sent.iter().collect();
        let people = self.people.iter().map(|person| person.id.as_str());
        let received: Vec<(&str, &Received)> = people.zip(&received).collect();
        Tally::of_letters(&sent, &received)
    }
}

/// Sends one message after the other, each until it is acknowledged or given up.
async fn send(mut way: Way<Person>, peers: Vec<Person>, mut random: Random, count: Count, stop: Stop) -> Sent {
    let mut sent = Sent::default();
    for number in 0.. {
        let to = &peers[random.below(peers.len())];
        let body = letter(to, &number.to_string());
        let mut letter = written(&body, way.here(), to, number);
        loop {
            let post = async |from: &Person| {
                let call = from.call(Method::POST, "/api/messages");
                call.json(&body).try_send().await
            };
            if let Some(answer) = way.ask(post).await {
                letter.seq = answer.expect(201).json()["seq"].as_u64().unwrap();
                sent.acknowledged.push(letter);
                count.add();
                break;
            }
            if is_over(&stop) || random.one_in(GIVEN_UP) {
                sent.given_up.insert(letter.client);
                break;
            }
        }
        if is_over(&stop) {
            break;
        }
        sleep(PACE).await;
    }
    sent
}

fn written(body: &Value, from: &Person, to: &Person, number: u64) -> Letter {
    Letter {
        from: from.id.clone(),
        to: to.id.clone(),
        client: body["clientId"].as_str().unwrap().to_owned(),
        number,
        seq: 0,
    }
}

/// Reads over one socket after the other, up to the end.
async fn read(mut way: Way<Person>, mut random: Random, mut end: End) -> Received {
    let mut received = Received::default();
    loop {
        let mut socket = way.socket().await;
        if read_over(&mut socket, &way, &mut received, &mut random, &mut end).await {
            return received;
        }
        way.turn();
    }
}

/// Whether everything is read; otherwise the connection ended, or one goes elsewhere.
async fn read_over(
    socket: &mut Socket,
    way: &Way<Person>,
    received: &mut Received,
    random: &mut Random,
    end: &mut End,
) -> bool {
    loop {
        let last = end.borrow_and_update().as_ref().map(|ends| ends[&way.here().id]);
        if last.is_some_and(|last| received.last >= last) {
            return true;
        }
        let frame = tokio::select! {
            frame = next(socket) => frame,
            _ = end.changed() => continue,
        };
        let Some(frame) = frame else { return false };
        match frame["type"].as_str().unwrap() {
            "message" | "receipt" => drop(received.take(&frame)),
            "error" => assert_eq!(frame["code"], "unavailable", "{frame}"),
            _ => continue,
        }
        if random.one_in(UNACKNOWLEDGED) {
            let acknowledgement = json!({ "id": "ack", "type": "message.ack", "upTo": received.last });
            // That the connection broke is seen by who reads from it.
            socket.send_raw(Message::text(acknowledgement.to_string())).await;
        }
        if random.one_in(WANDERING) {
            return false;
        }
    }
}
