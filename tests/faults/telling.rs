//! What was stored is told, whatever happens in between.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tenon_tests::app::{Client, Person, Setup, TestApp, position};
use tenon_tests::for_each_setup;
use tokio::task::block_in_place;

use tenon_tests::waiting::until;

const SOON: Duration = Duration::from_secs(15);

/// The assets whose creation the organization's room has in its history, in order.
async fn told(who: &Client, room: &str) -> Vec<String> {
    let history = who.history(room, "?limit=100").await;
    let history = if history.status == 200 {
        history.json()
    } else {
        Value::Null
    };
    created(&history)
}

fn created(history: &Value) -> Vec<String> {
    let events = history["events"].as_array().cloned().unwrap_or_default();
    let created = events.iter().filter(|event| event["event"] == "asset.created");
    created
        .map(|event| event["data"]["asset"]["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn made(ada: &Person, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..count {
        made.push(ada.made_asset(&format!("Pump {number}")).await);
    }
    made
}

async fn with_own_redis() -> (TestApp, Person) {
    let app = Setup::PostgresWithRedis.options().own_redis().start().await;
    let ada = app.register("ada").await;
    (app, ada)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_instance_did_not_tell_is_told_after_its_restart() {
    let (mut app, ada) = with_own_redis().await;
    block_in_place(|| app.redis().unwrap().lock().kill()).unwrap();
    let made = made(&ada, 20).await;
    app.kill().await;
    block_in_place(|| app.redis().unwrap().lock().restart()).unwrap();
    app.start_again().await;
    let took = until("told", SOON, async || told(&ada, &ada.room()).await == made).await;
    eprintln!("told {took:?} after the restart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_instance_did_not_tell_is_told_by_another() {
    let (mut app, ada) = with_own_redis().await;
    let other = app.another(&[]).await;
    let there = ada.on(&other);
    block_in_place(|| app.redis().unwrap().lock().kill()).unwrap();
    let made = made(&ada, 20).await;
    app.kill().await;
    block_in_place(|| app.redis().unwrap().lock().restart()).unwrap();
    let took = until("told", SOON, async || told(&there, &ada.room()).await == made).await;
    eprintln!("told {took:?} after Redis came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_told_is_told_in_order_when_redis_is_back() {
    let (app, ada) = with_own_redis().await;
    let mut all = made(&ada, 10).await;
    // What was not heard before would be told again, and rightly so.
    ada.all_told().await;
    block_in_place(|| app.redis().unwrap().lock().kill()).unwrap();
    all.extend(made(&ada, 30).await);
    block_in_place(|| app.redis().unwrap().lock().restart()).unwrap();
    all.extend(made(&ada, 10).await);
    // Redis keeps nothing over its restart: what it was told before is not there any more.
    let later = &all[10..];
    let took = until("told", SOON, async || {
        let told = told(&ada, &ada.room()).await;
        told.iter().collect::<BTreeSet<_>>() == later.iter().collect()
    })
    .await;
    let told = told(&ada, &ada.room()).await;
    assert_eq!(told.len(), later.len(), "something was told twice");
    assert_eq!(told[..30], later[..30]);
    eprintln!("told {took:?} after Redis came back");
}

for_each_setup!(ten_kills_while_writing_leave_nothing_unnoticed, |setup| {
    let mut app = setup.start().await;
    let ada = app.register("ada").await;
    let mut all = BTreeSet::new();
    for round in 0..10 {
        let (mut socket, welcome) = ada.socket_and_welcome().await;
        let (epoch, offset) = position(&welcome, &ada.room());
        let mut heard = BTreeSet::new();
        let made: BTreeSet<_> = made(&ada, 3 + round).await.into_iter().collect();
        app.kill().await;
        while let Some(frame) = socket.next_or_close().await {
            heard.extend(frame["data"]["asset"]["id"].as_str().map(str::to_owned));
        }
        app.start_again().await;
        // What one process alone knew is gone with it, and whoever resumes is told so.
        until("told", SOON, async || {
            let since = format!("?epoch={epoch}&offset={offset}&limit=100");
            let history = ada.history(&ada.room(), &since).await.json();
            let told = created(&history);
            history["gap"] == true || made.iter().all(|asset| heard.contains(asset) || told.contains(asset))
        })
        .await;
        all.extend(made);
    }
    let feed = ada
        .all(&format!("/api/orgs/{}/activity?limit=100", ada.organization))
        .await;
    let listed: Vec<_> = feed.iter().filter_map(|item| item["asset"]["id"].as_str()).collect();
    assert_eq!(listed.len(), all.len());
    assert!(listed.iter().all(|asset| all.contains(*asset)));
});
