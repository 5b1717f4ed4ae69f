//! Who is in one room hears the same, whatever they speak.

use serde_json::{Value, json};
use tenon_tests::app::Setup;

use super::client::{Library, Transports};
use super::scene::Scene;

const SPEAKERS: usize = 3;
/// One of each library, each over another transport.
const CLIENTS_WHO_SPEAK: [usize; SPEAKERS] = [0, 4, 7];
const EVENTS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn native_sockets_and_clients_of_socket_io_hear_the_same_events_in_the_same_order() {
    let options = Setup::PostgresWithRedis.options();
    let options = options.set("TENON__SOCKETS__PER_USER", "100");
    let scene = Scene::set(options.set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000")).await;
    let mut clients = Vec::new();
    for library in Library::ALL {
        // Rust's takes each part of a long answer to a poll for all of it.
        let polls = library != Library::Rust;
        for transports in Transports::ALL
            .into_iter()
            .filter(|way| polls || way.last() != "polling")
        {
            let mut client = scene.client(library, "/", transports).await;
            scene.welcomed(&mut client, "/").await;
            scene.subscribe(&mut client, None).await;
            clients.push(client);
        }
    }

    // It listens all the time: starting the clients may take longer than a socket may give no sign of life.
    let mut listener = scene.ada.socket().await;
    listener.subscribe(&scene.room, None).await;
    let listening = tokio::spawn(async move { listener.events(2 * SPEAKERS * EVENTS).await });

    // Native sockets speak, too.
    for speaker in CLIENTS_WHO_SPEAK {
        for number in 0..EVENTS {
            clients[speaker]
                .emit("/", "publish", &json!([scene.room, "said", number]))
                .await;
        }
    }
    let mut native = Vec::new();
    for _ in 0..SPEAKERS {
        native.push(scene.ada.socket().await);
    }
    for number in 0..EVENTS {
        for socket in &mut native {
            socket
                .send(&json!({ "type": "publish", "room": scene.room, "event": "said", "data": number }))
                .await;
        }
    }

    let heard = listening.await.unwrap();
    let heard: Vec<(&Value, &Value)> = heard.iter().map(|event| (&event["offset"], &event["data"])).collect();
    for client in &mut clients {
        for expected in &heard {
            let event = client.event("/", "said").await;
            assert_eq!((&event[1]["offset"], &event[0]), *expected, "{:?}", client.library);
        }
    }
}
