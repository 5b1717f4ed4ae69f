//! SIGTERM for an instance with 1,000 sockets.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tenon_rooms::Position;
use tenon_tests::app::{Ended, Person, Setup};
use tenon_tests::descriptors::allow_many_files;
use tenon_tests::tally::{Heard, Said};
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep_until};

use super::follower::Follower;
use super::remembering_all;
use super::speaker::Speaker;

const SOCKETS: usize = 1_000;

/// Handshakes that are under way at once.
const AT_ONCE: usize = 32;

/// Between one event and the next.
const PACE: Duration = Duration::from_millis(50);

/// What is promised.
const LIMIT: Duration = Duration::from_secs(10);

/// What a client heard, and when it was told to go, was closed, and was in the room again.
struct Moved {
    record: Heard,
    told: Instant,
    closed: Instant,
    back: Instant,
}

/// Hears until the instance ends the connection, and goes on at another.
async fn go_over(mut follower: Follower, there: Person, mut end: watch::Receiver<Option<Position>>) -> Moved {
    let ended = loop {
        if let Err(ended) = follower.hear().await {
            break ended;
        }
    };
    let closed = Instant::now();
    assert_eq!(ended, Ended::Closed(1012, "the instance is about to stop".to_owned()));
    let Some((told, retry)) = follower.drain else {
        panic!("ended without a word")
    };
    sleep_until(told + retry).await;
    follower.resume(&there).await;
    let back = Instant::now();
    follower.follow(&mut end).await;
    Moved {
        record: follower.record,
        told,
        closed,
        back,
    }
}

/// Speaks until told to stop, and says how much.
async fn speak(mut speaker: Speaker, mut stop: watch::Receiver<bool>, count: watch::Sender<u64>) -> Speaker {
    let mut ticks = interval(PACE);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return speaker,
        }
        let number = *count.borrow();
        speaker.say(number).await;
        count.send_replace(number + 1);
    }
}

fn report(moved: &[Moved], begin: Instant, stopped: Duration) {
    let last = |moment: fn(&Moved) -> Instant| moved.iter().map(moment).max().unwrap().duration_since(begin);
    eprintln!(
        "{SOCKETS} sockets: told within {:?}, closed within {:?}, back within {:?}; the process ended after {stopped:?}; \
         each heard {} events",
        last(|moved| moved.told),
        last(|moved| moved.closed),
        last(|moved| moved.back),
        moved[0].record.events.len(),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_sockets_of_an_instance_that_stops_go_over_to_another_without_loss() {
    allow_many_files();
    let mut here = remembering_all(Setup::PostgresWithRedis).start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let joining = stream::iter(0..SOCKETS).map(|_| async { Follower::join(&ada, &ada.room()).await });
    let followers: Vec<Follower> = joining.buffer_unordered(AT_ONCE).collect().await;
    let (end, ends) = watch::channel(None);
    let moving: Vec<_> = followers
        .into_iter()
        .map(|follower| tokio::spawn(go_over(follower, ada.on(&there), ends.clone())))
        .collect();
    let (stop, stops) = watch::channel(false);
    let (count, mut counted) = watch::channel(0);
    let speaker = Speaker::open(&ada.on(&there), &ada.room()).await;
    let speaking = tokio::spawn(speak(speaker, stops, count));
    counted.wait_for(|count| *count >= 10).await.unwrap();

    let begin = Instant::now();
    assert_eq!(here.stop().await, Some(0), "{}", here.log());
    let stopped = begin.elapsed();
    assert!(stopped < LIMIT, "{stopped:?}");
    let more = *counted.borrow_and_update() + 10;
    counted.wait_for(|count| *count >= more).await.unwrap();
    stop.send(true).unwrap();
    let mut speaker = speaking.await.unwrap();
    speaker.say(u64::MAX).await;
    let said: Said = speaker.said;
    let (last, _) = *said.acknowledged.last().unwrap();
    end.send(Some(last)).unwrap();

    let mut moved = Vec::new();
    for client in moving {
        let client = client.await.unwrap();
        client.record.assert_accounts_for(&said);
        assert_eq!(client.record.gaps, []);
        assert!(client.told < client.closed);
        assert!(client.closed.duration_since(begin) < LIMIT);
        moved.push(client);
    }
    report(&moved, begin, stopped);
}
