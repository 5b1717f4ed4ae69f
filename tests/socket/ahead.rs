//! Clients that wait for no answer before they send the next frame.

mod speaker;

use std::time::Duration;

use serde_json::{Value, json};
use speaker::Speaker;
use tenon_tests::app::{Ended, Options, Person, Setup, Socket, TestApp};
use tenon_tests::for_each_setup;
use tokio::sync::watch;
use tokio::task::block_in_place;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What is sent before anything is read. More than may be under way together.
const WAVE: u64 = 200;

fn options(setup: Setup) -> Options {
    setup.options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "1000000")
}

fn numbers(frames: &[Value], field: &str) -> Vec<u64> {
    frames.iter().map(|frame| frame[field].as_u64().unwrap()).collect()
}

fn types(answers: &[Value]) -> Vec<&str> {
    answers.iter().map(|answer| answer["type"].as_str().unwrap()).collect()
}

async fn a_thousand_are_heard(ada: &Person, apps: &[&TestApp]) {
    let mut listeners = Vec::new();
    for app in apps {
        listeners.push(ada.on(app).socket().await);
    }
    let mut speaker = Speaker::new(ada).await;
    for _ in 0..5 {
        let first = speaker.sent;
        for _ in 0..WAVE {
            speaker.say().await;
        }
        let (answers, _) = speaker.answers(first).await;
        assert!(types(&answers).iter().all(|kind| *kind == "ok"));
        let offsets = numbers(&answers, "offset");
        assert!(offsets.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{offsets:?}");
        for listener in &mut listeners {
            let heard = listener.events(usize::try_from(WAVE).unwrap()).await;
            assert_eq!(numbers(&heard, "data"), (first..speaker.sent).collect::<Vec<_>>());
            assert_eq!(numbers(&heard, "offset"), offsets);
        }
    }
}

for_each_setup!(
    a_thousand_events_published_without_waiting_are_answered_and_heard_in_order,
    |setup| {
        let app = options(setup).start().await;
        let ada = app.register("ada").await;
        a_thousand_are_heard(&ada, &[&app]).await;
    }
);

#[tokio::test]
async fn a_thousand_events_published_without_waiting_are_heard_in_order_on_two_instances() {
    let here = options(Setup::PostgresWithRedis).start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    a_thousand_are_heard(&ada, &[&here, &there]).await;
}

for_each_setup!(frames_between_publishes_are_answered_in_their_place, |setup| {
    let app = options(setup).start().await;
    let ada = app.register("ada").await;
    let mut speaker = Speaker::new(&ada).await;
    let room = speaker.room.clone();
    let private = json!({ "type": "publish", "room": format!("user:{}", ada.id), "event": "said", "data": 0 });
    let between = [
        (json!({ "type": "ping" }), "pong"),
        (private, "error"),
        (json!({ "type": "jump" }), "error"),
        (json!({ "type": "presence", "room": room }), "ok"),
        (json!({ "type": "auth", "token": "none" }), "error"),
        (json!({ "type": "message.ack", "upTo": 0 }), "ok"),
    ];
    let mut expected = Vec::new();
    for (frame, kind) in &between {
        for _ in 0..20 {
            speaker.say().await;
            expected.push("ok");
        }
        speaker.send(frame.clone()).await;
        expected.push(kind);
    }
    let (answers, _) = speaker.answers(0).await;
    assert_eq!(types(&answers), expected);
});

for_each_setup!(subscribing_between_publishes_takes_effect_in_its_place, |setup| {
    let app = options(setup).start().await;
    let ada = app.register("ada").await;
    let mut listener = ada.socket().await;
    let mut speaker = Speaker::new(&ada).await;
    let room = speaker.room.clone();
    let (leave, join) = (
        json!({ "type": "unsubscribe", "room": room }),
        json!({ "type": "subscribe", "room": room }),
    );
    speaker.send(leave.clone()).await;
    for _ in 0..50 {
        speaker.say().await;
    }
    speaker.send(join).await;
    for _ in 0..50 {
        speaker.say().await;
    }
    let (answers, mut events) = speaker.answers(0).await;
    assert!(types(&answers).iter().all(|kind| *kind == "ok"));
    let (joined, last) = (&answers[51], answers[101]["offset"].as_u64().unwrap());
    let here = joined["offset"].as_u64().unwrap();
    assert!(answers[52]["offset"].as_u64().unwrap() > here, "{joined}");
    while events.last().is_none_or(|event| event["offset"] != last) {
        events.push(speaker.socket.next_of("event").await);
    }
    assert_eq!(numbers(&events, "offset"), (here + 1..=last).collect::<Vec<_>>());

    let first = speaker.sent;
    speaker.send(leave).await;
    for _ in 0..50 {
        speaker.say().await;
    }
    assert_eq!(speaker.answers(first).await.1, Vec::<Value>::new());
    let said = numbers(&listener.events(150).await, "data");
    let expected: Vec<u64> = (1..51).chain(52..102).chain(103..153).collect();
    assert_eq!(said, expected);
});

for_each_setup!(what_was_published_before_the_end_is_answered_before_it, |setup| {
    let options = options(setup).set("TENON__SOCKETS__MESSAGE_BYTES", "2048");
    let app = options.start().await;
    let ada = app.register("ada").await;
    let mut listener = ada.socket().await;
    for end in ["close", "violation", "flood"] {
        let mut speaker = Speaker::new(&ada).await;
        for _ in 0..100 {
            speaker.say().await;
        }
        let code = match end {
            "close" => {
                let reason = "".into();
                let close = Message::Close(Some(CloseFrame {
                    code: 1000.into(),
                    reason,
                }));
                assert!(speaker.socket.send_raw(close).await);
                1000
            }
            "violation" => {
                let large = "x".repeat(2049);
                assert!(speaker.socket.send_raw(Message::text(large)).await);
                1009
            }
            _ => {
                for _ in 0..20 {
                    speaker.send(json!({ "type": "jump" })).await;
                }
                4400
            }
        };
        let (answers, ended) = speaker.answers_until_the_end().await;
        assert_eq!(numbers(&answers, "id"), (0..speaker.sent).collect::<Vec<_>>(), "{end}");
        assert!(
            matches!(ended, Ended::Closed(given, _) if given == code),
            "{end}: {ended:?}"
        );
        let heard = listener.events(100).await;
        assert_eq!(numbers(&heard, "data"), (0..100).collect::<Vec<_>>());
    }
});

for_each_setup!(
    a_socket_that_sends_too_much_is_answered_up_to_the_frame_that_is_too_many,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let mut speaker = Speaker::new(&ada).await;
        for _ in 0..101 {
            speaker.say().await;
        }
        let (answers, ended) = speaker.answers_until_the_end().await;
        assert_eq!(numbers(&answers, "id"), (0..100).collect::<Vec<_>>());
        assert_eq!(ended, Ended::Closed(4429, "too many frames in a minute".to_owned()));
    }
);

/// What a socket hears: the events between one gap and the next, and in `last` the latest.
async fn listen(mut socket: Socket, last: watch::Sender<Option<u64>>) -> Vec<Vec<u64>> {
    let mut runs = vec![Vec::new()];
    while !last.is_closed() {
        let frame = socket.next().await;
        match frame["type"].as_str().unwrap() {
            "event" => {
                let number = frame["data"].as_u64().unwrap();
                runs.last_mut().unwrap().push(number);
                last.send_replace(Some(number));
            }
            "gap" => runs.push(Vec::new()),
            _ => panic!("{frame}"),
        }
    }
    runs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_publish_is_answered_while_redis_dies_and_what_was_answered_ok_is_heard_in_order() {
    let here = options(Setup::PostgresWithRedis).own_redis().start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let (last, mut heard) = watch::channel(None);
    let listening = tokio::spawn(listen(ada.on(&there).socket().await, last));
    let mut speaker = Speaker::new(&ada).await;
    let redis = here.redis().unwrap();
    let mut done = Vec::new();
    for wave in 0.. {
        let first = speaker.sent;
        for number in 0..WAVE {
            speaker.say().await;
            if wave == 1 && number == WAVE / 2 {
                block_in_place(|| redis.lock().kill()).unwrap();
            }
        }
        let (answers, _) = speaker.answers(first).await;
        let (ok, failed): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["type"] == "ok");
        assert!(
            failed.iter().all(|answer| answer["code"] == "unavailable"),
            "{failed:?}"
        );
        done.extend(ok.iter().map(|answer| answer["id"].as_u64().unwrap()));
        if wave == 1 {
            block_in_place(|| redis.lock().restart()).unwrap();
        }
        // The other instance may still be on its way back, and say then that it missed this.
        let all = Some(speaker.sent - 1);
        let arrival = heard.wait_for(|number| *number == all);
        if wave > 1 && failed.is_empty() && timeout(Duration::from_secs(3), arrival).await.is_ok() {
            break;
        }
        assert!(wave < 100_000, "Redis is not found again");
    }
    drop(heard);
    speaker.say().await;
    let mut runs = listening.await.unwrap();
    let all: Vec<u64> = runs.concat();
    assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
    assert!(done.len() >= 2 * usize::try_from(WAVE).unwrap(), "{done:?}");
    // Only what was said to be lost is missing.
    runs[0].insert(0, 0);
    for run in runs.iter().filter(|run| !run.is_empty()) {
        let within = run[0]..=run[run.len() - 1];
        let missing = done.iter().filter(|id| within.contains(id) && !run.contains(id));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&u64>::new());
    }
}
