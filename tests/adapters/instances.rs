//! Instances in a Redis that breaks.

use redis::Cmd;
use redis::aio::MultiplexedConnection;
use tenon_tests::cluster::{instance, over};
use tenon_tests::waiting::until;
use xtask::servers::Redis as Server;

use crate::counters::{PATIENCE, millis, seconds};

async fn ask<T: redis::FromRedisValue>(url: &str, words: &[&str]) -> T {
    let client = redis::Client::open(url).unwrap();
    let mut connection: MultiplexedConnection = client.get_multiplexed_async_connection().await.unwrap();
    let mut command = Cmd::new();
    command.arg(words);
    command.query_async(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_told_and_one_that_lost_everything_is_filled_by_the_next_beat() {
    let mut server = Server::start().unwrap();
    let (instances, own) = (over(&server.url()).await, instance());
    instances.beat(&own, seconds(60)).await.unwrap();
    let _: String = ask(&server.url(), &["FLUSHALL"]).await;
    assert_eq!(instances.list().await.unwrap(), []);
    server.kill().unwrap();
    assert!(instances.beat(&own, seconds(60)).await.is_err());
    assert!(instances.list().await.is_err());
    assert!(instances.leave(own.id).await.is_err());
    server.restart().unwrap();
    until("a beat", PATIENCE, async || {
        instances.beat(&own, seconds(60)).await.is_ok()
    })
    .await;
    assert_eq!(instances.list().await.unwrap(), [own]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_of_those_that_are_gone() {
    let server = Server::start().unwrap();
    let (instances, own) = (over(&server.url()).await, instance());
    for _ in 0..5 {
        instances.beat(&instance(), millis(0)).await.unwrap();
    }
    instances.beat(&own, seconds(60)).await.unwrap();
    let counts = async || -> (i64, i64) {
        let ends = ask(&server.url(), &["ZCARD", "tenon:{instances}:ends"]).await;
        (ends, ask(&server.url(), &["HLEN", "tenon:{instances}:states"]).await)
    };
    assert_eq!(counts().await, (1, 1));
    instances.leave(own.id).await.unwrap();
    assert_eq!(counts().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_says_something_unknown_is_left_out_and_the_others_are_listed() {
    let server = Server::start().unwrap();
    let (instances, own, strange) = (over(&server.url()).await, instance(), instance());
    for instance in [&own, &strange] {
        instances.beat(instance, seconds(60)).await.unwrap();
    }
    let id = strange.id.to_string();
    let _: i64 = ask(
        &server.url(),
        &["HSET", "tenon:{instances}:states", &id, "9.0.0 otherwise"],
    )
    .await;
    assert_eq!(instances.list().await.unwrap(), [own]);
}
