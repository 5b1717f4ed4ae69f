//! Sockets that read slowly, or not at all.

use std::time::{Duration, Instant};

use serde_json::json;
use tenon_tests::app::{Options, Setup, position};
use tenon_tests::for_each_setup;
use tokio::io::AsyncReadExt;

fn options(setup: Setup) -> Options {
    let options = setup.options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000");
    options.set("TENON__SOCKETS__PER_USER", "100")
}

/// About 12 MB of events, more than the buffers of a connection and an outbox hold.
const EVENTS: usize = 400;
const SIZE: usize = 30_000;

for_each_setup!(a_socket_that_reads_nothing_delays_nobody_and_is_ended, |setup| {
    let app = options(setup).set("TENON__SOCKETS__STALLED_SECONDS", "2").start().await;
    let ada = app.register("ada").await;
    let mut stuck = ada.socket().await.into_inner();
    let mut reader = ada.socket().await;
    let listening = tokio::spawn(async move {
        for _ in 0..EVENTS {
            reader.next_of("event").await;
        }
        reader
    });
    let mut speaker = ada.socket().await;
    let data = json!("x".repeat(SIZE));
    let begin = Instant::now();
    for _ in 0..EVENTS {
        speaker.publish(&ada.room(), "said", &data).await;
    }
    let mut reader = listening.await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut bytes = Vec::new();
    stuck.read_to_end(&mut bytes).await.unwrap();
    let reason = b"the socket takes nothing";
    let mut close = vec![0x88, u8::try_from(reason.len() + 2).unwrap()];
    close.extend(1013_u16.to_be_bytes());
    close.extend(reason);
    assert!(bytes.ends_with(&close), "{} bytes", bytes.len());
    assert!(
        bytes.len() < EVENTS * SIZE / 2 + 8 * 1024 * 1024,
        "{} bytes",
        bytes.len()
    );
    assert_eq!(reader.ask(json!({ "type": "ping" })).await["type"], "pong");
});

for_each_setup!(a_socket_that_fell_behind_catches_up_without_a_hole, |setup| {
    let app = options(setup).set("TENON__SOCKETS__OUTBOX_FRAMES", "16").start().await;
    let ada = app.register("ada").await;
    let (mut slow, welcome) = ada.socket_and_welcome().await;
    let (_, start) = position(&welcome, &ada.room());
    let mut speaker = ada.socket().await;
    let data = json!("x".repeat(SIZE));
    for _ in 0..EVENTS {
        speaker.publish(&ada.room(), "said", &data).await;
    }
    let events = slow.events(EVENTS).await;
    let offsets: Vec<u64> = events.iter().map(|event| event["offset"].as_u64().unwrap()).collect();
    let expected: Vec<u64> = (start + 1..=start + u64::try_from(EVENTS).unwrap()).collect();
    assert_eq!(offsets, expected);
    let said = speaker.publish(&ada.room(), "said", &json!("more")).await;
    assert_eq!(slow.next().await["offset"], said["offset"]);
});

for_each_setup!(a_socket_that_fell_behind_what_is_kept_is_told_of_the_gap, |setup| {
    let options = options(setup).set("TENON__SOCKETS__OUTBOX_FRAMES", "16");
    let app = options.set("TENON__SOCKETS__HISTORY_EVENTS", "20").start().await;
    let ada = app.register("ada").await;
    let mut slow = ada.socket().await;
    let mut speaker = ada.socket().await;
    let data = json!("x".repeat(SIZE));
    let mut last = 0;
    for _ in 0..EVENTS {
        last = speaker.publish(&ada.room(), "said", &data).await["offset"]
            .as_u64()
            .unwrap();
    }
    let (mut at, mut gaps) = (None, 0);
    while at != Some(last) {
        let frame = slow.next().await;
        let offset = frame["offset"].as_u64().unwrap();
        match frame["type"].as_str().unwrap() {
            "gap" => gaps += 1,
            "event" => assert!(at.is_none_or(|at| offset == at + 1), "{offset} after {at:?}"),
            other => panic!("{other}"),
        }
        at = Some(offset);
    }
    assert!(gaps > 0);
});
