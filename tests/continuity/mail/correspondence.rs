//! Four people who write to one another, and what must hold of it in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Person, TestApp, letter};
use tenon_tests::keys::{Owner, device_json};
use tenon_tests::tally::{Letter, Received, Sent};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::correspondent::{Correspondent, Peer, Phase, Progress};
use super::doors::Doors;

const PEOPLE: usize = 4;

/// Far more than a hundred messages take, or all that wait.
const PATIENCE: Duration = Duration::from_secs(40);

pub struct Correspondence {
    /// Somebody of the organization who does not take part.
    host: Person,
    people: Vec<Doors>,
    /// Who writes, and who else reads for them.
    running: Vec<Vec<JoinHandle<Correspondent>>>,
    phase: watch::Sender<Phase>,
    acknowledged: watch::Receiver<u64>,
    stopped: watch::Receiver<usize>,
    begin: Instant,
}

impl Correspondence {
    /// Has people write to one another, each by the doors that they are given. Every other one has a device with a number.
    pub async fn begin(app: &TestApp, doors: impl Fn(Person) -> Doors) -> Self {
        Self::begin_with(app, 0, doors).await
    }

    /// The same with so many more readers of each device, who share its cursor.
    pub async fn begin_with(app: &TestApp, readers: usize, doors: impl Fn(Person) -> Doors) -> Self {
        let host = app.register("host").await;
        let (mut people, mut peers) = (Vec::new(), Vec::new());
        for number in 0..PEOPLE {
            let person = host
                .take_in(&app.register(&format!("person{number}")).await, "member")
                .await;
            let device = match number % 2 {
                0 => 0,
                _ => person.made_device(&device_json(&Owner::default().device(0..1))).await,
            };
            peers.push(Peer {
                id: person.id.clone(),
                devices: BTreeSet::from([0, device]).into_iter().collect(),
            });
            people.push(doors(person).from(number).at_device(device));
        }
        let (phase, phases) = watch::channel(Phase::Write);
        let ((acknowledged, acknowledges), (stopped, stops)) = (watch::channel(0), watch::channel(0));
        let progress = Progress { acknowledged, stopped };
        let mut running = Vec::new();
        for (doors, seed) in people.iter().zip(0_u64..) {
            let others = peers.iter().filter(|peer| peer.id != doors.person().id).cloned();
            let parts = std::iter::once(others.collect()).chain(std::iter::repeat_n(Vec::new(), readers));
            running.push(
                parts
                    .map(|peers| {
                        let correspondent = Correspondent::new(doors.clone(), peers, progress.clone(), seed);
                        tokio::spawn(correspondent.correspond(phases.clone()))
                    })
                    .collect(),
            );
        }
        Self {
            host,
            running,
            people,
            phase,
            acknowledged: acknowledges,
            stopped: stops,
            begin: Instant::now(),
        }
    }

    /// Waits until so many more messages were acknowledged.
    pub async fn more(&mut self, messages: u64) {
        let enough = *self.acknowledged.borrow_and_update() + messages;
        let reaching = timeout(PATIENCE, self.acknowledged.wait_for(|count| *count >= enough));
        let is_reached = reaching.await.is_ok();
        assert!(
            is_reached,
            "{} of {enough} were acknowledged",
            *self.acknowledged.borrow()
        );
    }

    /// Has everybody write no more and read everything, and fails unless every promise was kept. How many connections
    /// broke.
    pub async fn end(mut self, name: &str) -> u64 {
        self.phase.send_replace(Phase::Stop);
        let stopped = timeout(PATIENCE, self.stopped.wait_for(|count| *count == PEOPLE)).await;
        assert!(stopped.is_ok(), "somebody is not answered");
        let (mut ends, mut last) = (BTreeMap::new(), Sent::default());
        for doors in &self.people {
            let message = letter(doors.person(), "the last one");
            let sent = self.host.send_message(&message).await.expect(201).json();
            let seq = sent["seq"].as_u64().unwrap();
            ends.insert(doors.person().id.clone(), seq);
            last.acknowledged.push(Letter {
                from: self.host.id.clone(),
                to: doors.person().id.clone(),
                client: message["clientId"].as_str().unwrap().to_owned(),
                number: u64::MAX,
                seq,
            });
        }
        self.phase.send_replace(Phase::End(ends));
        let mut done = Vec::new();
        for running in self.running {
            let mut parts = Vec::new();
            for part in running {
                let part = timeout(PATIENCE, part).await;
                parts.push(
                    part.unwrap_or_else(|_| panic!("somebody does not get everything"))
                        .unwrap(),
                );
            }
            done.push(parts);
        }
        let sent = done.iter().flatten().map(|part| &part.sent);
        let sent: Vec<&Sent> = sent.chain([&last]).collect();
        for parts in &done {
            let (received, doors) = (
                Received::together(parts.iter().map(|part| &part.received)),
                &parts[0].doors,
            );
            received.assert_accounts_for(&doors.person().id, &sent);
            assert_kept_once(doors.person(), &self.people, &sent).await;
            assert_mailbox(doors, &received, &sent).await;
        }
        let everybody: Vec<&Correspondent> = done.iter().flatten().collect();
        report(name, &everybody, self.begin.elapsed())
    }
}

/// Fails unless the history with everybody has each message once, and all that were acknowledged.
async fn assert_kept_once(person: &Person, people: &[Doors], everybody: &[&Sent]) {
    for peer in people.iter().map(Doors::person).filter(|peer| peer.id != person.id) {
        let path = format!("/api/conversations/{}/messages?limit=100", peer.id);
        let kept = person.all(&path).await;
        let between = |letter: &&Letter| {
            let ends = [&letter.from, &letter.to];
            ends.contains(&&person.id) && ends.contains(&&peer.id)
        };
        let mut clients = BTreeSet::new();
        for message in &kept {
            let client = Letter::of(message).client;
            assert!(clients.insert(client), "kept twice: {}", message["clientId"]);
        }
        let acknowledged = everybody.iter().flat_map(|sent| &sent.acknowledged);
        for letter in acknowledged.filter(between) {
            assert!(clients.remove(&letter.client), "acknowledged and not kept: {letter:?}");
        }
        let given_up = |client| everybody.iter().any(|sent| sent.given_up.contains(client));
        assert!(clients.iter().all(given_up), "nobody wrote all of {clients:?}");
    }
}

/// Fails unless the mailbox has what came over sockets, in the same places, and a receipt for the last message to each peer.
async fn assert_mailbox(doors: &Doors, received: &Received, everybody: &[&Sent]) {
    let (person, device) = (doors.person(), doors.device());
    let mut delivered = BTreeMap::new();
    let (mut letters, mut after) = (Vec::new(), json!(0));
    loop {
        let query = format!("?device={device}&limit=100&after={after}");
        let page = person.mail(&query).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        for item in items {
            if item["type"] == "receipt" {
                delivered.insert(item["by"].as_str().unwrap().to_owned(), item["upTo"].clone());
            } else if item["from"] != person.id {
                letters.push(Letter::of(item));
            }
        }
        if items.is_empty() {
            break;
        }
        after = page["cursor"].clone();
    }
    // What was given up may come later than the last one.
    letters.retain(|letter| letter.seq <= received.last);
    assert_eq!(letters, received.letters);
    let waits = person
        .mail(&format!("?device={device}&limit=100"))
        .await
        .expect(200)
        .json();
    let is_new = |item: &Value| item["type"] == "receipt" || item["seq"].as_u64() > Some(received.last);
    assert!(waits["items"].as_array().unwrap().iter().all(is_new), "{waits}");
    let mut last = BTreeMap::new();
    let acknowledged = everybody.iter().flat_map(|sent| &sent.acknowledged);
    for letter in acknowledged.filter(|letter| letter.from == person.id) {
        last.insert(letter.to.clone(), letter.seq);
    }
    for (peer, seq) in last {
        assert!(
            delivered[&peer].as_u64().unwrap() >= seq,
            "no receipt of {peer} for {seq}"
        );
    }
}

/// Says how it went, and how many connections broke.
fn report(name: &str, done: &[&Correspondent], time: Duration) -> u64 {
    let sum = |figure: fn(&Correspondent) -> u64| done.iter().map(|one| figure(one)).sum::<u64>();
    let breaks = sum(|one| one.breaks);
    eprintln!(
        "{name}: {} acknowledged and {} received in {time:?} over {} breaks; {} sent again, {} given up, {} came again",
        sum(|one| one.sent.acknowledged.len() as u64),
        sum(|one| one.received.letters.len() as u64),
        breaks,
        sum(|one| one.sent.again),
        sum(|one| one.sent.given_up.len() as u64),
        sum(|one| one.received.again),
    );
    breaks
}
