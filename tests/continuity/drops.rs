//! A client whose connection ends again and again during a stream of events.

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_tests::app::{Ended, Person, Setup, TestApp};
use tenon_tests::for_each_setup;
use tenon_tests::tally::Said;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::follower::{Follower, ask};
use super::options;
use super::speaker::Speaker;

/// From one drop to the next.
const BETWEEN: u64 = 100;

/// Far more than a speaker takes to say something.
const PATIENCE: Duration = Duration::from_secs(120);

const SPEAKERS: usize = 4;

/// How far the speakers may be ahead of the client, so that they do not finish before it was cut off for the last time.
const AHEAD: u64 = 5 * BETWEEN;

/// How much is said at least while the client is away.
const MISSED: u64 = 20;

/// How often the connection ended, and how much was said.
#[derive(Clone)]
struct Progress {
    drops: watch::Sender<u64>,
    said: watch::Sender<u64>,
}

async fn speak(mut speaker: Speaker, part: usize, events: u64, progress: Progress) -> Speaker {
    let mut drops = progress.drops.subscribe();
    for number in (0..events).skip(part).step_by(SPEAKERS) {
        let within = |drops: &u64| number < drops * BETWEEN + AHEAD;
        drops.wait_for(within).await.unwrap();
        speaker.say(number).await;
        progress.said.send_modify(|count| *count += 1);
    }
    speaker
}

/// Ends the connection, each time in another way.
async fn cut_off(follower: &mut Follower, number: u64, person: &Person) {
    match number % 5 {
        // In the middle of whatever comes.
        0 => {}
        // In order; what is still sent counts.
        1 => {
            let code = CloseCode::Normal;
            let close = Message::Close(Some(CloseFrame {
                code,
                reason: "".into(),
            }));
            assert!(follower.socket.send_raw(close).await);
            let ended = loop {
                if let Err(ended) = follower.hear().await {
                    break ended;
                }
            };
            assert!(matches!(ended, Ended::Closed(1000, _)), "{ended:?}");
        }
        // Again before anything was said.
        2 => drop(person.raw_socket().await),
        // Again before the room was there.
        3 => drop(ask(person, &follower.room, Some(follower.record.at)).await),
        // Again in the middle of what was missed.
        _ => {
            follower.resume(person).await;
            for _ in 0..MISSED / 2 {
                follower.hear().await.unwrap();
            }
        }
    }
}

/// Comes back to one instance after the other.
async fn drop_and_resume(follower: &mut Follower, drops: u64, people: &[Person], progress: &Progress) {
    let events = drops * BETWEEN;
    let start = follower.record.at.offset.get();
    let mut said = progress.said.subscribe();
    for (number, there) in (1..=drops).zip(people.iter().cycle()) {
        while follower.record.at.offset.get() < start + number * BETWEEN - BETWEEN / 2 {
            follower.hear().await.unwrap();
        }
        // Asked for afterwards, it might be all that may be said before the next drop; towards the end all may be said already.
        let missed = events.min(*said.borrow_and_update() + MISSED);
        progress.drops.send_replace(number);
        timeout(PATIENCE, said.wait_for(|said| *said >= missed))
            .await
            .unwrap()
            .unwrap();
        cut_off(follower, number, there).await;
        follower.resume(there).await;
    }
}

/// Cuts a client off so often from a room of somebody who is known to all instances, and fails unless it hears everything.
async fn hears_everything(people: &[Person], room: &str, drops: u64) {
    let events = drops * BETWEEN;
    let mut follower = Follower::join(&people[0], room).await;
    let progress = Progress {
        drops: watch::Sender::new(0),
        said: watch::Sender::new(0),
    };
    let begin = Instant::now();
    let mut speaking = Vec::new();
    for (part, person) in people.iter().cycle().take(SPEAKERS).enumerate() {
        let speaker = Speaker::open(person, room).await;
        speaking.push(tokio::spawn(speak(speaker, part, events, progress.clone())));
    }
    drop_and_resume(&mut follower, drops, people, &progress).await;
    let mut said = Vec::new();
    for speaker in speaking {
        said.push(speaker.await.unwrap().said);
    }
    let said = Said::together(said);
    let last = said.acknowledged.iter().max_by_key(|(at, _)| at.offset).unwrap().0;
    while follower.record.at != last {
        follower.hear().await.unwrap();
    }
    let record = follower.record;
    record.assert_accounts_for(&said);
    eprintln!(
        "{} of {} instances: {} events over {drops} drops in {:?}, {} gaps",
        room,
        people.len(),
        record.events.len(),
        begin.elapsed(),
        record.gaps.len()
    );
    // The history reaches back further than the speakers were ahead.
    assert_eq!(record.gaps, []);
    // What a busy machine left unanswered was said again.
    let numbers: BTreeSet<u64> = record.events.iter().map(|(_, number)| *number).collect();
    assert_eq!(numbers.len() as u64, events);
}

/// One instance, or two that share Redis.
async fn instances(setup: Setup) -> Vec<TestApp> {
    match setup {
        Setup::SqliteAlone => vec![options(setup).start().await],
        Setup::PostgresWithRedis => TestApp::start_together(options(setup), 2).await,
    }
}

for_each_setup!(
    a_client_that_is_cut_off_200_times_hears_each_of_20_000_events_once,
    |setup| {
        let apps = instances(setup).await;
        let ada = apps[0].register("ada").await;
        let people: Vec<Person> = apps.iter().map(|app| ada.on(app)).collect();
        hears_everything(&people, &ada.room(), 200).await;
    }
);

for_each_setup!(a_client_that_is_cut_off_from_a_site_hears_each_event_once, |setup| {
    let apps = instances(setup).await;
    let ada = apps[0].register("ada").await;
    let site = ada.made_site(&ada.organization, "Harbor").await;
    ada.all_told().await;
    let people: Vec<Person> = apps.iter().map(|app| ada.on(app)).collect();
    hears_everything(&people, &format!("{}:site:{site}", ada.room()), 40).await;
});
