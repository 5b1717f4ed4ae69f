//! Three instances on one Postgres and one Redis, and a Redis that fails in the middle of 5,000 events.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tenon_rooms::Position;
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::tally::{Heard, Said};
use tokio::sync::watch;
use tokio::task::{JoinHandle, block_in_place};
use tokio::time::{Instant, sleep};

use super::follower::Follower;
use super::remembering_all;
use super::speaker::Speaker;

const EVENTS: u64 = 5_000;
const INSTANCES: usize = 3;

/// On each instance; one more goes from instance to instance.
const FOLLOWERS: usize = 4;

const PAUSE: Duration = Duration::from_secs(10);

/// Says its part of the numbers, and counts what was acknowledged.
async fn speak(mut speaker: Speaker, part: usize, progress: watch::Sender<u64>) -> Speaker {
    for number in (0..EVENTS).skip(part).step_by(INSTANCES) {
        speaker.say(number).await;
        progress.send_modify(|count| *count += 1);
    }
    speaker
}

/// Has some listen to each instance, and one to all of them in turn.
async fn listen(people: &[Person], end: &watch::Receiver<Option<Position>>) -> Vec<JoinHandle<Heard>> {
    let room = people[0].room();
    let mut following = Vec::new();
    for person in people.iter().cycle().take(INSTANCES * FOLLOWERS) {
        let (mut follower, mut end) = (Follower::join(person, &room).await, end.clone());
        following.push(tokio::spawn(async move {
            follower.follow(&mut end).await;
            follower.record
        }));
    }
    let (mut wanderer, mut end) = (Follower::join(&people[0], &room).await, end.clone());
    let people = people.to_vec();
    following.push(tokio::spawn(async move {
        wanderer.wander(&people, &mut end).await;
        wanderer.record
    }));
    following
}

/// Publishes through all instances while something happens to Redis, and answers what everybody heard.
async fn hear_through(name: &str, trouble: impl AsyncFnOnce(&TestApp)) -> Vec<Heard> {
    let apps = TestApp::start_together(remembering_all(Setup::PostgresWithRedis).own_redis(), INSTANCES).await;
    let ada = apps[0].register("ada").await;
    let (end, ends) = watch::channel(None::<Position>);
    let (progress, mut progressed) = watch::channel(0);
    let people: Vec<Person> = apps.iter().map(|app| ada.on(app)).collect();
    let following = listen(&people, &ends).await;
    let begin = Instant::now();
    let mut speaking = Vec::new();
    for (part, person) in people.iter().enumerate() {
        let speaker = Speaker::open(person, &ada.room()).await;
        speaking.push(tokio::spawn(speak(speaker, part, progress.clone())));
    }
    progressed.wait_for(|count| *count >= EVENTS * 2 / 5).await.unwrap();
    trouble(&apps[0]).await;
    let count = *progressed.borrow_and_update();
    assert!(count < EVENTS * 4 / 5, "{count} were said before it was over");
    let mut speakers = Vec::new();
    for speaker in speaking {
        speakers.push(speaker.await.unwrap());
    }
    speakers[0].say(EVENTS).await;
    let (last, _) = *speakers[0].said.acknowledged.last().unwrap();
    end.send(Some(last)).unwrap();
    let said = Said::together(speakers.into_iter().map(|speaker| speaker.said));
    assert_eq!(said.acknowledged.len() as u64, EVENTS + 1);
    let mut records = Vec::new();
    for record in following {
        let record = record.await.unwrap();
        record.assert_accounts_for(&said);
        records.push(record);
    }
    report(name, &records, &said, begin.elapsed());
    records
}

fn report(name: &str, records: &[Heard], said: &Said, time: Duration) {
    let gaps: Vec<usize> = records.iter().map(|record| record.gaps.len()).collect();
    let heard: Vec<usize> = records.iter().map(|record| record.events.len()).collect();
    eprintln!(
        "{name}: {} acknowledged in {time:?}, {} said again; heard {heard:?}, gaps {gaps:?}",
        said.acknowledged.len(),
        said.repeated.len(),
    );
}

/// Fails unless everybody heard the same, and all of it.
fn assert_nothing_is_missing(records: &[Heard]) {
    for record in records {
        assert_eq!(record.gaps, []);
        assert_eq!(*record, records[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_on_any_of_three_instances_is_heard_on_all_in_one_order_once() {
    let records = hear_through("calm", async |_| {}).await;
    assert_nothing_is_missing(&records);
    // What a busy machine left unanswered was said again.
    assert!(records[0].events.len() as u64 > EVENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_all_or_is_told_of_the_gap_when_redis_is_restarted() {
    let restart = async |app: &TestApp| {
        block_in_place(|| {
            let mut redis = app.redis().unwrap().lock();
            redis.kill().unwrap();
            redis.restart().unwrap();
        });
    };
    hear_through("restarted", restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_all_when_redis_is_paused_for_10_seconds() {
    let pause = async |app: &TestApp| {
        let redis = app.redis().unwrap().lock().pid().unwrap();
        let redis = Pid::from_raw(redis.cast_signed()).unwrap();
        kill_process(redis, Signal::STOP).unwrap();
        sleep(PAUSE).await;
        kill_process(redis, Signal::CONT).unwrap();
    };
    assert_nothing_is_missing(&hear_through("paused", pause).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_all_or_is_told_of_the_gap_when_redis_is_flushed() {
    let flush = async |app: &TestApp| {
        let url = app.redis().unwrap().lock().url();
        let client = redis::Client::open(url).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let () = redis::cmd("FLUSHALL").query_async(&mut connection).await.unwrap();
    };
    hear_through("flushed", flush).await;
}
