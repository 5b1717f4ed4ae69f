//! Taking up where one was cut off.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Options, Setup, position, subscription};
use tenon_tests::for_each_setup;

fn options(setup: Setup) -> Options {
    let options = setup.options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000");
    options.set("TENON__SOCKETS__PER_USER", "100")
}

fn offsets(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["offset"].as_u64().unwrap()).collect()
}

for_each_setup!(
    who_comes_back_gets_what_they_missed_once_and_in_order_while_more_is_said,
    |setup| {
        let app = options(setup).start().await;
        let ada = app.register("ada").await;
        let room = ada.room();
        let (mut speaker, welcome) = ada.socket_and_welcome().await;
        let (epoch, start) = position(&welcome, &room);
        for number in 0..300 {
            speaker.publish(&room, "said", &json!(number)).await;
        }
        let talking = tokio::spawn({
            let room = room.clone();
            async move {
                for number in 300..600 {
                    speaker.publish(&room, "said", &json!(number)).await;
                }
                speaker
            }
        });
        for back in [10, 150, 0] {
            let mut socket = ada.socket().await;
            let joined = socket.subscribe(&room, Some((&epoch, start + back))).await;
            assert_eq!(joined["epoch"], epoch.as_str());
            let count = 600 - usize::try_from(back).unwrap();
            let events = socket.events(count).await;
            let expected: Vec<u64> = (start + back + 1..=start + 600).collect();
            assert_eq!(offsets(&events), expected);
            assert!(
                events
                    .iter()
                    .all(|event| event["data"] == json!(event["offset"].as_u64().unwrap() - start - 1))
            );
        }
        drop(talking.await.unwrap());
    }
);

for_each_setup!(who_has_missed_nothing_gets_nothing_and_goes_on, |setup| {
    let app = options(setup).start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "Harbor").await;
    ada.all_told().await;
    let room = format!("{}:site:{site}", ada.room());
    let mut speaker = ada.socket().await;
    let said = speaker.publish(&room, "said", &json!(1)).await;
    let (epoch, offset) = (said["epoch"].as_str().unwrap(), said["offset"].as_u64().unwrap());
    let mut socket = ada.socket().await;
    socket.subscribe(&room, Some((epoch, offset))).await;
    assert!(socket.is_silent(Duration::from_millis(300)).await);
    speaker.publish(&room, "said", &json!(2)).await;
    assert_eq!(offsets(&socket.events(1).await), [offset + 1]);
    // Once more from the beginning, although the socket is in the room.
    socket.subscribe(&room, Some((epoch, offset - 1))).await;
    assert_eq!(offsets(&socket.events(2).await), [offset, offset + 1]);
});

for_each_setup!(
    who_was_away_for_too_long_is_told_of_the_gap_and_goes_on_from_there,
    |setup| {
        let app = options(setup).set("TENON__SOCKETS__HISTORY_EVENTS", "10").start().await;
        let ada = app.register("ada").await;
        let room = ada.room();
        let (mut speaker, welcome) = ada.socket_and_welcome().await;
        let (epoch, start) = position(&welcome, &room);
        let mut last = Value::Null;
        for number in 0..30 {
            last = speaker.publish(&room, "said", &json!(number)).await;
        }
        let end = last["offset"].as_u64().unwrap();
        let other = "0123456789abcdef0123456789abcdef";
        for resume in [(epoch.as_str(), start), (other, end), (epoch.as_str(), end + 5)] {
            let mut socket = ada.socket().await;
            socket.subscribe(&room, Some(resume)).await;
            let gap = socket.next().await;
            let expected = json!({ "type": "gap", "room": room, "epoch": epoch, "offset": end });
            assert_eq!(gap, expected, "{resume:?}");
            socket.close().await;
        }
        let mut socket = ada.socket().await;
        socket.subscribe(&room, Some((&epoch, end - 10))).await;
        assert_eq!(socket.events(10).await.len(), 10);
        let said = speaker.publish(&room, "said", &json!("more")).await;
        assert_eq!(socket.next().await["offset"], said["offset"]);
    }
);

for_each_setup!(who_does_not_resume_hears_all_that_is_said_after_the_welcome, |setup| {
    let app = options(setup).start().await;
    let ada = app.register("ada").await;
    let mut speaker = ada.socket().await;
    for _ in 0..5 {
        let (mut socket, welcome) = ada.socket_and_welcome().await;
        let (_, offset) = position(&welcome, &ada.room());
        for number in 0..3 {
            speaker.publish(&ada.room(), "said", &json!(number)).await;
        }
        assert_eq!(offsets(&socket.events(3).await), [offset + 1, offset + 2, offset + 3]);
    }
});

for_each_setup!(
    who_says_where_to_resume_while_what_they_missed_is_on_its_way_gets_all_from_there,
    |setup| {
        let app = options(setup).start().await;
        let ada = app.register("ada").await;
        let site = ada.made_site(&ada.organization, "Harbor").await;
        ada.all_told().await;
        let room = format!("{}:site:{site}", ada.room());
        let mut speaker = ada.socket().await;
        let mut last = Value::Null;
        for number in 0..50 {
            last = speaker.publish(&room, "said", &json!(number)).await;
        }
        let (epoch, end) = (last["epoch"].as_str().unwrap(), last["offset"].as_u64().unwrap());
        for end in end..end + 5 {
            let mut socket = ada.socket().await;
            for (id, back) in [("first", 1), ("second", 40)] {
                let mut frame = subscription(&room, Some((epoch, end - back)));
                frame["id"] = json!(id);
                socket.send(&frame).await;
            }
            // What is on its way may still come before the second answer.
            while socket.next().await["id"] != "second" {}
            assert_eq!(offsets(&socket.events(40).await), (end - 39..=end).collect::<Vec<_>>());
            let said = speaker.publish(&room, "said", &json!("more")).await;
            assert_eq!(said["offset"], end + 1);
            assert_eq!(offsets(&socket.events(1).await), [end + 1]);
        }
    }
);
