//! A client whose connection ends 200 times during a stream of 20,000 events.

use tenon_tests::app::{Ended, Person, Setup, TestApp};
use tenon_tests::for_each_setup;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::follower::{Follower, ask};
use super::options;
use super::record::Said;
use super::speaker::Speaker;

const EVENTS: u64 = 20_000;
const DROPS: u64 = 200;
const BETWEEN: u64 = EVENTS / DROPS;
const SPEAKERS: usize = 4;

/// How far the speakers may be ahead of the client, so that they do not finish before it was cut off 200 times.
const AHEAD: u64 = 5 * BETWEEN;

/// How much is said at least while the client is away.
const MISSED: u64 = 20;

/// How often the connection ended, and how much was said.
#[derive(Clone)]
struct Progress {
    drops: watch::Sender<u64>,
    said: watch::Sender<u64>,
}

async fn speak(mut speaker: Speaker, part: usize, progress: Progress) -> Speaker {
    let mut drops = progress.drops.subscribe();
    for number in (0..EVENTS).skip(part).step_by(SPEAKERS) {
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
            assert!(follower.socket.send_message(close).await);
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
async fn drop_and_resume(follower: &mut Follower, ada: &Person, apps: &[TestApp], progress: &Progress) {
    let start = follower.record.at.offset.get();
    let mut said = progress.said.subscribe();
    for (number, app) in (1..=DROPS).zip(apps.iter().cycle()) {
        while follower.record.at.offset.get() < start + number * BETWEEN - BETWEEN / 2 {
            follower.hear().await.unwrap();
        }
        progress.drops.send_replace(number);
        let before = *said.borrow_and_update();
        said.wait_for(|said| *said >= before + MISSED).await.unwrap();
        let there = ada.on(app);
        cut_off(follower, number, &there).await;
        follower.resume(&there).await;
    }
}

for_each_setup!(
    a_client_that_is_cut_off_200_times_hears_each_of_20_000_events_once,
    |setup| {
        let mut apps = vec![options(setup).start().await];
        if setup == Setup::PostgresWithRedis {
            apps.push(apps[0].another(&[]).await);
        }
        let ada = apps[0].register("ada").await;
        let mut follower = Follower::join(&ada, &ada.room()).await;
        let progress = Progress {
            drops: watch::Sender::new(0),
            said: watch::Sender::new(0),
        };
        let begin = tokio::time::Instant::now();
        let mut speaking = Vec::new();
        for (part, app) in apps.iter().cycle().take(SPEAKERS).enumerate() {
            let speaker = Speaker::open(&ada.on(app)).await;
            speaking.push(tokio::spawn(speak(speaker, part, progress.clone())));
        }
        drop_and_resume(&mut follower, &ada, &apps, &progress).await;
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
            "{setup:?}: {} events over {DROPS} drops in {:?}, {} gaps",
            record.events.len(),
            begin.elapsed(),
            record.gaps.len()
        );
        // The history reaches back further than the speakers were ahead.
        assert_eq!(record.gaps, []);
        assert_eq!(record.events.len() as u64, EVENTS);
    }
);
