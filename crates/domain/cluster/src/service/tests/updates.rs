use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures_util::FutureExt;

use super::fakes::{World, node, now};
use crate::{Cluster, Unreachable};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Sleeps until the work is done.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut work, mut context) = (pin!(work), Context::from_waker(&waker));
    loop {
        match work.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::park(),
        }
    }
}

fn update(cluster: &Cluster) -> u64 {
    cluster.snapshot().update
}

#[test]
fn every_beat_is_an_update_and_a_look_that_finds_nothing_new_is_none() {
    let world = World::new();
    let cluster = world.start();
    let before = update(&cluster);
    now(cluster.look()).unwrap();
    assert_eq!(update(&cluster), before);
    now(cluster.beat()).unwrap();
    assert_eq!(update(&cluster), before + 1);
}

#[test]
fn one_that_comes_or_goes_is_an_update_and_one_that_beats_again_is_none() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    let mut last = update(&second);
    let mut updated = |expected: bool| {
        now(second.look()).unwrap();
        assert_eq!(update(&second) > last, expected);
        last = update(&second);
    };
    now(first.beat()).unwrap();
    updated(true);
    world.pass(5);
    now(first.beat()).unwrap();
    updated(false);
    now(first.leave()).unwrap();
    updated(true);
}

#[test]
fn a_node_that_begins_or_ceases_to_be_reachable_is_an_update_and_a_slower_answer_is_none() {
    let world = World::new();
    let cluster = world.start();
    for (found, expected) in [
        (None, 1),
        (None, 1),
        (Some("refused"), 2),
        (Some("timed out"), 2),
        (None, 3),
    ] {
        *world.found.lock() = found.map(|why| Unreachable(why.into()));
        now(cluster.probe(&node()));
        assert_eq!(update(&cluster), expected);
    }
}

#[test]
fn whoever_waits_gets_the_latest_snapshot_and_whoever_is_behind_does_not_wait() {
    let world = World::new();
    let cluster = world.start();
    let known = update(&cluster);
    let mut changed = cluster.changed(known);
    assert!((&mut changed).now_or_never().is_none());
    now(cluster.beat()).unwrap();
    now(cluster.beat()).unwrap();
    assert_eq!(now(changed).update, known + 2);
    assert_eq!(now(cluster.changed(known)).update, known + 2);
    assert!(cluster.changed(known + 2).now_or_never().is_none());
}

#[test]
fn whoever_gives_up_waiting_leaves_nothing_behind() {
    let cluster = World::new().start();
    let mut waits: Vec<_> = (0..3).map(|_| cluster.changed(0)).collect();
    for wait in &mut waits {
        assert!(wait.now_or_never().is_none());
    }
    assert_eq!(cluster.changes().waiting(), 3);
    drop(waits);
    assert_eq!(cluster.changes().waiting(), 0);
}

#[test]
fn many_threads_miss_no_last_update() {
    const UPDATES: u64 = 500;
    let cluster = World::new().start();
    let (reached, all) = channel();
    for _ in 0..4 {
        let (cluster, reached) = (cluster.clone(), reached.clone());
        thread::spawn(move || {
            let mut known = 0;
            while known < UPDATES {
                let snapshot = block_on(cluster.changed(known));
                assert!(snapshot.update > known);
                known = snapshot.update;
            }
            reached.send(known).unwrap();
        });
    }
    for _ in 0..UPDATES {
        now(cluster.beat()).unwrap();
    }
    let ends: Vec<u64> = (0..4).map(|_| all.recv().unwrap()).collect();
    assert_eq!(ends, [UPDATES; 4]);
}
