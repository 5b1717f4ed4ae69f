//! kill -9 for an instance that people listen to.

use std::time::Duration;

use tenon_tests::app::{Ended, Setup};
use tokio::sync::watch;
use tokio::time::Instant;

use super::follower::Follower;
use super::remembering_all;
use super::speaker::Speaker;

const SOCKETS: usize = 50;
const EVENTS: u64 = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_to_an_instance_that_is_killed_misses_nothing_at_another() {
    let mut here = remembering_all(Setup::PostgresWithRedis).start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let (end, ends) = watch::channel(None);
    let mut following = Vec::new();
    for _ in 0..SOCKETS {
        let mut follower = Follower::join(&ada, &ada.room()).await;
        let (there, mut end) = (ada.on(&there), ends.clone());
        following.push(tokio::spawn(async move {
            let ended = loop {
                if let Err(ended) = follower.hear().await {
                    break ended;
                }
            };
            assert_eq!(ended, Ended::Broken);
            let begin = Instant::now();
            follower.resume(&there).await;
            let took = begin.elapsed();
            follower.follow(&mut end).await;
            (follower.record, took)
        }));
    }
    let (count, mut counted) = watch::channel(0);
    let mut speaker = Speaker::open(&ada.on(&there), &ada.room()).await;
    let speaking = tokio::spawn(async move {
        for number in 0..EVENTS {
            speaker.say(number).await;
            count.send_replace(number);
        }
        speaker.said
    });
    counted.wait_for(|count| *count >= EVENTS / 2).await.unwrap();
    here.kill().await;
    let said = speaking.await.unwrap();
    let (last, _) = *said.acknowledged.last().unwrap();
    end.send(Some(last)).unwrap();
    let mut longest = Duration::ZERO;
    for follower in following {
        let (record, took) = follower.await.unwrap();
        record.assert_accounts_for(&said);
        assert_eq!(record.gaps, []);
        longest = longest.max(took);
    }
    eprintln!("{SOCKETS} sockets: back within {longest:?}");
}
