//! Terminals that are killed and cut off while they talk.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::fault_proxy::FaultProxy;
use tenon_tests::terminal::Terminal;

const ROUNDS: usize = 12;

/// Lines that are said in each round.
const LINES: usize = 8;

fn text(event: &Value) -> Option<String> {
    (event["event"] == "message").then(|| event["text"].as_str().unwrap().to_owned())
}

fn assert_nothing_failed(events: &[Value]) {
    for event in events {
        let failures = ["undecryptable", "not-sent", "error", "keys-changed", "key-log-broken"];
        assert!(!failures.contains(&event["event"].as_str().unwrap()), "{event}");
    }
}

/// Says the lines of a round, and waits until they are kept, which is all that a sender is promised.
async fn say(terminal: &mut Terminal, round: usize) -> Vec<String> {
    let lines: Vec<String> = (0..LINES).map(|line| format!("{round}.{line}")).collect();
    for line in &lines {
        terminal.say(line).await;
    }
    for _ in &lines {
        terminal.until("queued").await;
    }
    lines
}

async fn sender_is_killed(app: &TestApp, options: &[&str]) {
    let (ada, bob) = app.colleagues().await;
    let (adas, bobs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut listener = Terminal::talk(&app.origin(), bobs.path(), &bob, &ada, options).await;
    listener.until("online").await;
    let mut said = Vec::new();
    for round in 0..ROUNDS {
        let mut sender = Terminal::talk(&app.origin(), adas.path(), &ada, &bob, options).await;
        said.extend(say(&mut sender, round).await);
        // Between nothing of it and all of it is on its way.
        for _ in 0..round % LINES {
            sender.until("sent").await;
        }
        assert_nothing_failed(&sender.kill().await);
    }
    let sender = Terminal::talk(&app.origin(), adas.path(), &ada, &bob, options).await;
    sender.leave().await;
    let mut heard = Vec::new();
    while heard.len() < said.len() {
        let event = listener.next().await.unwrap();
        assert_nothing_failed(std::slice::from_ref(&event));
        heard.extend(text(&event));
    }
    assert_eq!(heard, said);
    listener.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_terminal_kept_is_sent_once_and_in_order_by_devices() {
    sender_is_killed(&Setup::SqliteAlone.start().await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_terminal_kept_is_sent_once_and_in_order_in_the_simple_mode() {
    sender_is_killed(&Setup::PostgresWithRedis.start().await, &["--simple"]).await;
}

/// What a listener hears who is killed now and then: each line, and twice only what it was told is possibly old.
async fn hear_and_be_killed(server: &str, folder: &Path, bob: &Person, ada: &Person, all: usize) -> Vec<String> {
    let (mut heard, mut order) = (BTreeSet::new(), Vec::new());
    let mut quota = 1;
    while order.len() < all {
        let mut listener = Terminal::talk(server, folder, bob, ada, &[]).await;
        let mut events = Vec::new();
        while events.iter().filter_map(text).count() < quota
            && order.len() + events.iter().filter_map(text).count() < all
        {
            events.push(listener.until("message").await);
        }
        events.extend(listener.kill().await);
        assert_nothing_failed(&events);
        for event in &events {
            if let Some(text) = text(event) {
                if heard.insert(text.clone()) {
                    order.push(text);
                } else {
                    assert_eq!(event["again"], true, "{event} came twice");
                }
            }
        }
        quota = quota * 2 % 31;
    }
    order
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_is_killed_hears_everything_in_order() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let (adas, bobs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Whoever has no keys yet cannot be written to.
    Terminal::talk(&app.origin(), bobs.path(), &bob, &ada, &[])
        .await
        .leave()
        .await;
    let mut sender = Terminal::talk(&app.origin(), adas.path(), &ada, &bob, &[]).await;
    let mut said = Vec::new();
    for round in 0..ROUNDS {
        said.extend(say(&mut sender, round).await);
    }
    sender.leave().await;
    let heard = hear_and_be_killed(&app.origin(), bobs.path(), &bob, &ada, said.len()).await;
    assert_eq!(heard, said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminals_whose_connections_are_cut_lose_nothing_and_repeat_nothing() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let proxy = FaultProxy::to(app.address()).await;
    let server = format!("http://{}", proxy.address);
    let (adas, bobs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut listener = Terminal::talk(&server, bobs.path(), &bob, &ada, &[]).await;
    let mut sender = Terminal::talk(&server, adas.path(), &ada, &bob, &[]).await;
    let (mut said, mut heard) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        said.extend(say(&mut sender, round).await);
        proxy.cut();
        while heard.len() + LINES < said.len() {
            heard.extend(text(&listener.until("message").await));
        }
    }
    while heard.len() < said.len() {
        heard.extend(text(&listener.until("message").await));
    }
    assert_eq!(heard, said);
    sender.leave().await;
    listener.leave().await;
}
