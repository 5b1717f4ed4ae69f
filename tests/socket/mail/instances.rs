use std::time::Duration;

use tenon_tests::app::{Options, Setup, letter};
use tokio::time::Instant;

use super::{numbers, pair, texts};

/// Whether a message to another instance comes within the time.
async fn crosses(options: Options, within: Duration) {
    let here = options.start().await;
    let there = here.another(&[]).await;
    let (ada, bob) = pair(&here).await;
    let mut sender = ada.socket().await;
    let mut socket = bob.on(&there).socket().await;
    for number in 0..10 {
        let begin = Instant::now();
        sender.send_message(&letter(&bob, &number.to_string())).await;
        let received = socket.messages(1).await;
        assert_eq!(texts(&received), numbers(number..number + 1));
        socket.acknowledge(&received[0]["seq"]).await;
        assert!(begin.elapsed() < within, "{:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_message_comes_live_to_a_recipient_on_another_instance() {
    crosses(Setup::PostgresWithRedis.options(), Duration::from_secs(1)).await;
}

#[tokio::test]
async fn without_redis_a_message_to_another_instance_comes_within_seconds() {
    crosses(
        Setup::PostgresWithRedis.options().without_redis(),
        Duration::from_secs(5),
    )
    .await;
}
