//! kill -9.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{Client, id};
use tenon_tests::for_each_setup;
use tokio::time::sleep;

use tenon_tests::waiting::until;

const KILLS: u64 = 20;
const WRITERS: u64 = 8;
const LIMIT: Duration = Duration::from_secs(15);

#[derive(Default)]
struct Progress {
    acknowledged: AtomicU64,
    retries: AtomicU64,
    replayed: AtomicU64,
    done: AtomicBool,
}

/// Creates one asset after the other, each until it is acknowledged, and returns their ids by title.
async fn write(who: Client, writer: u64, progress: Arc<Progress>) -> BTreeMap<String, String> {
    let mut made = BTreeMap::new();
    while !progress.done.load(Ordering::Relaxed) {
        let title = format!("{writer}-{}", made.len());
        let asset = create(&who, &title, &progress).await;
        progress.acknowledged.fetch_add(1, Ordering::Relaxed);
        made.insert(title, asset);
    }
    made
}

async fn create(who: &Client, title: &str, progress: &Progress) -> String {
    loop {
        let call = who.call(Method::POST, "/api/assets").header("idempotency-key", title);
        match call.json(&json!({ "title": title })).try_send().await {
            Some(answer) if answer.status == 201 => {
                let replayed = answer.headers.contains_key("idempotent-replayed");
                progress.replayed.fetch_add(u64::from(replayed), Ordering::Relaxed);
                return id(&answer.json());
            }
            // The database of the next process may still be busy with what the last one began.
            Some(answer) => assert!(matches!(answer.status, 409 | 503), "{}", answer.text()),
            None => {}
        }
        progress.retries.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(2)).await;
    }
}

for_each_setup!(twenty_kills_while_writing_lose_nothing_and_double_nothing, |setup| {
    let mut app = setup.start().await;
    let ada = app.register("ada").await;
    let progress = Arc::new(Progress::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(Client::clone(&ada), writer, Arc::clone(&progress))))
        .collect();
    for kill in 0..KILLS {
        // Another moment of the commits each time.
        let enough = progress.acknowledged.load(Ordering::Relaxed) + 10 + 7 * kill;
        until("writes", LIMIT, async || {
            progress.acknowledged.load(Ordering::Relaxed) >= enough
        })
        .await;
        app.kill().await;
        app.start_again().await;
    }
    progress.done.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeMap::new();
    for writer in writers {
        acknowledged.append(&mut writer.await.unwrap());
    }
    let found = ada.all("/api/assets?limit=100").await;
    let by_title: BTreeMap<String, String> = found
        .iter()
        .map(|asset| (asset["title"].as_str().unwrap().to_owned(), id(asset)))
        .collect();
    assert_eq!(by_title.len(), found.len(), "an asset is there twice");
    assert_eq!(by_title, acknowledged);
    let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let (retries, replayed) = (count(&progress.retries), count(&progress.replayed));
    eprintln!(
        "{setup:?}: {} acknowledged, {retries} retries, {replayed} replayed",
        acknowledged.len()
    );
});
