//! Every event, once and in order, whoever publishes and however fast.

use serde_json::{Value, json};
use tenon_tests::for_each_setup;

const SPEAKERS: usize = 4;
const EVENTS: usize = 150;
const LISTENERS: usize = 20;

for_each_setup!(everybody_hears_every_event_once_and_in_the_same_order, |setup| {
    let options = setup.options().set("TENON__SOCKETS__PER_USER", "100");
    let app = options.set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000").start().await;
    let ada = app.register("ada").await;
    let room = ada.room();
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        let mut socket = ada.socket().await;
        listeners.push(tokio::spawn(async move { socket.events(SPEAKERS * EVENTS).await }));
    }
    let speakers: Vec<_> = (0..SPEAKERS)
        .map(|speaker| {
            let (ada, room) = (ada.clone(), room.clone());
            tokio::spawn(async move {
                let mut socket = ada.socket().await;
                for number in 0..EVENTS {
                    let data = json!({ "speaker": speaker, "number": number });
                    let frame = json!({ "type": "publish", "room": room, "event": "said", "data": data });
                    socket.send(&frame).await;
                }
                socket
            })
        })
        .collect();
    let mut heard: Option<Vec<Value>> = None;
    for listener in listeners {
        let events = listener.await.unwrap();
        let offsets: Vec<u64> = events.iter().map(|event| event["offset"].as_u64().unwrap()).collect();
        assert!(offsets.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{offsets:?}");
        for speaker in 0..SPEAKERS {
            let own = events.iter().filter(|event| event["data"]["speaker"] == speaker);
            let numbers: Vec<u64> = own.map(|event| event["data"]["number"].as_u64().unwrap()).collect();
            let expected: Vec<u64> = (0..u64::try_from(EVENTS).unwrap()).collect();
            assert_eq!(numbers, expected);
        }
        assert!(heard.as_ref().is_none_or(|others| *others == events));
        heard = Some(events);
    }
    for speaker in speakers {
        drop(speaker.await.unwrap());
    }
});
