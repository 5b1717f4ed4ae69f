//! Several readers of one device, and one that never acknowledges.

use tenon_tests::app::{Socket, letter, number_of_kills, opened};
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json};

use super::correspondence::Correspondence;
use super::doors::Doors;
use super::options;

/// Entries that a socket is sent before it acknowledges some.
const WINDOW: usize = 256;

const MESSAGES: usize = 600;

for_each_setup!(
    two_readers_of_one_device_get_together_what_was_acknowledged_each_in_order_once,
    |setup| {
        let mut app = options(setup).start().await;
        let mut correspondence = Correspondence::begin_with(&app, 1, |person| Doors::of(vec![person])).await;
        let kills = number_of_kills(5);
        for kill in 0..kills {
            correspondence.more(30 + 7 * (kill % 9)).await;
            app.kill().await;
            app.start_again().await;
        }
        correspondence.more(50).await;
        correspondence
            .end(&format!("{setup:?}, two readers each, {kills} kills"))
            .await;
    }
);

/// So many messages, of which each is the next one.
async fn read(socket: &mut Socket, from: usize, to: usize) -> serde_json::Value {
    let messages = socket.messages(to - from).await;
    let texts: Vec<String> = messages.iter().map(opened).collect();
    let expected: Vec<String> = (from..to).map(|number| number.to_string()).collect();
    assert_eq!(texts, expected);
    messages.last().unwrap()["seq"].clone()
}

for_each_setup!(
    a_reader_that_never_acknowledges_holds_up_nobody_and_misses_nothing_once_it_does,
    |setup| {
        let mut app = options(setup).start().await;
        let ada = app.register("ada").await;
        let bob = ada.take_in(&app.register("bob").await, "member").await;
        let phone = bob.made_device(&device_json(&Owner::default().device(0..1))).await;
        let (mut sender, mut lazy, mut keen) = (ada.socket().await, bob.socket().await, bob.socket().await);
        let mut on_phone = bob.device_socket(phone).await;
        for number in 0..MESSAGES {
            sender.send_message(&letter(&bob, &number.to_string())).await;
            if number % 100 == 99 {
                for socket in [&mut keen, &mut on_phone] {
                    let last = read(socket, number - 99, number + 1).await;
                    socket.acknowledge(&last).await;
                }
            }
        }
        let mut last = read(&mut lazy, 0, WINDOW).await;
        for from in (WINDOW..MESSAGES).step_by(WINDOW) {
            lazy.acknowledge(&last).await;
            last = read(&mut lazy, from, MESSAGES.min(from + WINDOW)).await;
        }
        app.kill().await;
        app.start_again().await;
        ada.send_message(&letter(&bob, &MESSAGES.to_string())).await.expect(201);
        for mut socket in [bob.socket().await, bob.device_socket(phone).await] {
            read(&mut socket, MESSAGES, MESSAGES + 1).await;
        }
    }
);
