//! SIGTERM.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tenon_tests::app::{Client, Person, Setup};
use tenon_tests::for_each_setup;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use crate::wire::{Outcome, Wire, get, request};
use tenon_tests::waiting::until;

const CONNECTIONS: u64 = 64;

/// Far below the 30 s that a request may take to end: nothing here is slow.
const LIMIT: Duration = Duration::from_secs(8);

/// Creates and reads on one kept-alive connection until the server closes it, and returns what was acknowledged.
async fn work(address: SocketAddr, who: Client, answered: Arc<AtomicU64>) -> Result<Vec<String>, String> {
    let mut wire = Wire::open(address).await.unwrap();
    let mut made = Vec::new();
    loop {
        let create = request(&who, "POST /api/assets", Some(&json!({ "title": "Pump" })));
        let find = made
            .last()
            .filter(|_| answered.load(Ordering::Relaxed).is_multiple_of(2));
        let find = find.map(|id| request(&who, &format!("GET /api/assets/{id}"), None));
        let whole = match wire.ask(find.as_ref().unwrap_or(&create)).await {
            Outcome::Answered(whole) => whole,
            broken => return Err(format!("{broken:?}")),
        };
        answered.fetch_add(1, Ordering::Relaxed);
        match (whole.status, find) {
            (201, None) => made.push(whole.json()["id"].as_str().unwrap().to_owned()),
            (200, Some(_)) => {}
            (status, _) => return Err(format!("{status}: {}", String::from_utf8_lossy(&whole.body))),
        }
        if whole.closes() {
            return Ok(made);
        }
    }
}

/// Asks on ever new connections until one is refused. What was never accepted may be dropped; what was is answered.
async fn probe(address: SocketAddr) -> u64 {
    let mut unready = 0;
    while let Ok(mut wire) = Wire::open(address).await {
        match wire.ask(&get("/api/health/ready")).await {
            Outcome::Answered(whole) if whole.status == 503 => unready += 1,
            Outcome::Answered(whole) => assert_eq!((whole.status, unready), (200, 0), "ready again"),
            Outcome::Nothing => {}
            Outcome::Torn(text) => panic!("half an answer: {text}"),
        }
    }
    unready
}

async fn acknowledged(person: &Person) -> Vec<String> {
    let all = person.all("/api/assets?limit=100").await;
    let mut ids: Vec<String> = all
        .iter()
        .map(|asset| asset["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

for_each_setup!(
    every_request_on_a_kept_alive_connection_is_answered_while_the_server_stops,
    |setup| {
        let mut app = setup.start().await;
        let ada = app.register("ada").await;
        let (address, answered) = (app.address(), Arc::new(AtomicU64::new(0)));
        let working: Vec<_> = (0..CONNECTIONS)
            .map(|_| tokio::spawn(work(address, Client::clone(&ada), Arc::clone(&answered))))
            .collect();
        until("work", LIMIT, async || {
            answered.load(Ordering::Relaxed) > 10 * CONNECTIONS
        })
        .await;
        let probing = tokio::spawn(probe(address));

        let begin = Instant::now();
        assert_eq!(app.stop().await, Some(0), "{}", app.log());
        let took = begin.elapsed();
        assert!(took < LIMIT, "{took:?}");
        let mut made = Vec::new();
        for work in working {
            made.append(&mut work.await.unwrap().unwrap());
        }
        let unready = probing.await.unwrap();
        assert!(unready > 0, "nobody was told that the instance is not ready");
        eprintln!(
            "{setup:?}: stopped in {took:?}, {} assets acknowledged, not ready {unready} times",
            made.len()
        );

        app.start_again().await;
        made.sort();
        let found = acknowledged(&ada).await;
        assert!(
            made.iter().all(|id| found.binary_search(id).is_ok()),
            "an acknowledged asset is gone"
        );
    }
);

#[tokio::test]
async fn a_connection_that_asks_while_the_server_stops_is_answered_and_an_idle_one_is_closed_in_order() {
    let mut app = Setup::SqliteAlone.start().await;
    let address = app.address();
    let mut wires = Vec::new();
    for _ in 0..3 {
        let mut wire = Wire::open(address).await.unwrap();
        assert!(matches!(wire.ask(&get("/api/health/live")).await, Outcome::Answered(whole) if !whole.closes()));
        wires.push(wire);
    }
    let [mut asking, mut probing, mut idle] = <[Wire; 3]>::try_from(wires).ok().unwrap();
    let asked = async {
        // The process is told to stop before this is polled for the first time.
        tokio::task::yield_now().await;
        until("not ready", LIMIT, async || {
            match probing.ask(&get("/api/health/ready")).await {
                Outcome::Answered(whole) if whole.status == 503 => whole.closes(),
                Outcome::Answered(whole) if whole.status == 200 && whole.closes() => {
                    // It was told to stop after it had looked whether it was ready.
                    probing = Wire::open(address).await.unwrap();
                    false
                }
                Outcome::Answered(whole) => whole.status != 200,
                broken => panic!("{broken:?}"),
            }
        })
        .await;
        match asking.ask(&get("/api/health/live")).await {
            Outcome::Answered(whole) => assert!(whole.status == 200 && whole.closes(), "{whole:?}"),
            broken => panic!("{broken:?}"),
        }
        // An end, not a reset.
        assert_eq!(idle.stream.read(&mut [0; 16]).await.unwrap(), 0);
    };
    let (code, ()) = tokio::join!(app.stop(), asked);
    assert_eq!(code, Some(0));
}
