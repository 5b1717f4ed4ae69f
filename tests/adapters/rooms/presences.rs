use std::time::Instant;

use tenon_rooms::Present;
use tenon_tests::rooms::{attendance, room};
use tenon_tests::waiting::until;
use xtask::servers::Redis as Server;

use super::{ask, instance};
use crate::counters::{PATIENCE, millis, seconds};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_on_an_instance_that_died_vanishes_within_half_a_minute_and_others_stay() {
    let server = Server::start().unwrap();
    let (dying, living, room) = (instance(&server.url()).await, instance(&server.url()).await, room());
    let (gone, stays) = (attendance(room), attendance(room));
    dying.presences.enter(&gone).await.unwrap();
    living.presences.enter(&stays).await.unwrap();
    let died = Instant::now();
    drop(dying);
    let listed = async || -> Vec<Present> { living.presences.list(&room).await.unwrap() };
    assert_eq!(listed().await.len(), 2);
    while listed().await.len() == 2 {
        assert!(died.elapsed() < seconds(31), "still there after {:?}", died.elapsed());
        tokio::time::sleep(millis(100)).await;
    }
    let left = listed().await;
    assert_eq!((left.len(), left[0].user, left[0].since), (1, stays.user, stays.since));
    assert!(
        living.presences.enter(&gone).await.unwrap(),
        "nobody's first connection"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_there_comes_back_after_the_server_lost_them() {
    let mut server = Server::start().unwrap();
    let (instance, room) = (instance(&server.url()).await, room());
    let (before, during, leaving) = (attendance(room), attendance(room), attendance(room));
    instance.presences.enter(&before).await.unwrap();
    instance.presences.enter(&leaving).await.unwrap();
    let _: String = ask(&server.url(), &["FLUSHALL"]).await;
    assert_eq!(instance.presences.list(&room).await.unwrap(), []);
    server.kill().unwrap();
    assert!(instance.presences.enter(&during).await.is_err());
    assert!(instance.presences.leave(&leaving).await.is_err());
    assert!(instance.presences.list(&room).await.is_err());
    server.restart().unwrap();
    let users = async || -> Vec<_> {
        let list = instance.presences.list(&room).await.unwrap_or_default();
        list.iter().map(|present| present.user).collect()
    };
    let start = Instant::now();
    while users().await != [before.user, during.user] {
        assert!(start.elapsed() < seconds(25), "{:?}", users().await);
        tokio::time::sleep(millis(50)).await;
    }
    until("leaving", PATIENCE, async || {
        instance.presences.leave(&before).await.is_ok()
    })
    .await;
    assert_eq!(users().await, [during.user]);
}
