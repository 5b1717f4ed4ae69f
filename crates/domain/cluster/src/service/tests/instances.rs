use std::pin::pin;

use futures_util::FutureExt;
use tenon_kernel::Clock;

use super::fakes::{World, now};
use crate::{Cluster, InstanceId, LIFE};

fn ids(cluster: &Cluster) -> Vec<InstanceId> {
    cluster.snapshot().instances.iter().map(|one| one.id).collect()
}

fn own(cluster: &Cluster) -> InstanceId {
    cluster.snapshot().own
}

#[test]
fn instances_hear_of_one_another_and_are_listed_by_their_start() {
    let world = World::new();
    let first = world.start();
    world.pass(1);
    let second = world.start();
    assert_eq!((ids(&first), ids(&second)), (vec![own(&first)], vec![own(&second)]));
    for cluster in [&second, &first] {
        now(cluster.beat()).unwrap();
    }
    for cluster in [&first, &second] {
        now(cluster.look()).unwrap();
        assert_eq!(ids(cluster), [own(&first), own(&second)]);
    }
    assert!(world.lives.lock().iter().all(|life| *life == LIFE));
}

#[test]
fn a_beat_tells_how_the_instance_does_and_for_how_long_it_has_been_there() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    world.pass(7);
    *world.sockets.lock() = 40;
    now(first.beat()).unwrap();
    *world.sockets.lock() = 0;
    now(second.look()).unwrap();
    let snapshot = second.snapshot();
    let heard = snapshot.instances.iter().find(|one| one.id == own(&first)).unwrap();
    assert_eq!((heard.version.as_str(), heard.uptime().as_secs()), ("1.2.3", 7));
    assert_eq!((heard.signs.sockets, heard.signs.rooms, heard.signs.jobs), (40, 2, 3));
}

#[test]
fn an_instance_knows_how_it_does_itself_without_a_beat() {
    let world = World::new();
    let cluster = world.start();
    *world.sockets.lock() = 12;
    now(cluster.look()).unwrap();
    assert_eq!(cluster.snapshot().instances.first().unwrap().signs.sockets, 12);
}

#[test]
fn an_instance_that_left_is_gone_and_never_beats_again() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    now(first.beat()).unwrap();
    now(second.look()).unwrap();
    assert_eq!(ids(&second).len(), 2);
    now(first.leave()).unwrap();
    now(first.beat()).unwrap();
    now(second.look()).unwrap();
    assert_eq!(ids(&second), [own(&second)]);
}

#[test]
fn a_look_that_was_given_up_shows_how_the_instance_does_itself_and_forgets_whom_it_heard_of_too_long_ago() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    now(first.beat()).unwrap();
    now(second.look()).unwrap();
    world.pass(LIFE.as_secs());
    *world.sockets.lock() = 9;
    second.miss();
    let snapshot = second.snapshot();
    assert_eq!(snapshot.instances.len(), 1);
    assert_eq!(
        (snapshot.at, snapshot.instances.first().unwrap().signs.sockets),
        (world.now(), 9)
    );
}

#[test]
fn one_that_could_not_say_that_it_leaves_never_beats_again_either() {
    let world = World::new();
    let cluster = world.start();
    *world.fails.lock() = true;
    now(cluster.leave()).unwrap_err();
    *world.fails.lock() = false;
    now(cluster.beat()).unwrap();
    assert_eq!(world.listed.lock().len(), 0);
}

#[test]
fn a_beat_that_hangs_is_the_last_one_and_is_taken_back_although_nobody_waited_for_the_leave() {
    let world = World::new();
    let cluster = world.start();
    now(cluster.beat()).unwrap();
    let closed = now(world.gate.lock());
    let mut hanging = pin!(cluster.beat());
    assert!(hanging.as_mut().now_or_never().is_none());
    assert!(cluster.leave().now_or_never().is_none());
    drop(closed);
    now(hanging).unwrap();
    assert_eq!((world.lives.lock().len(), world.listed.lock().len()), (2, 0));
    now(cluster.beat()).unwrap();
    assert_eq!((world.lives.lock().len(), world.listed.lock().len()), (2, 0));
}

#[test]
fn a_beat_that_waited_for_its_turn_when_the_instance_left_is_not_said() {
    let world = World::new();
    let cluster = world.start();
    let closed = now(world.gate.lock());
    let (mut hanging, mut next) = (pin!(cluster.beat()), pin!(cluster.beat()));
    assert!(hanging.as_mut().now_or_never().is_none());
    assert!(next.as_mut().now_or_never().is_none());
    assert!(cluster.leave().now_or_never().is_none());
    drop(closed);
    now(hanging).unwrap();
    now(next).unwrap();
    assert_eq!((world.lives.lock().len(), world.listed.lock().len()), (1, 0));
}

#[test]
fn without_an_answer_the_others_stay_known_until_their_last_beat_is_too_old() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    now(first.beat()).unwrap();
    now(second.look()).unwrap();
    world.pass(10);
    // The same beat again makes it no younger.
    now(second.look()).unwrap();
    *world.fails.lock() = true;
    world.pass(4);
    now(second.look()).unwrap_err();
    assert_eq!(ids(&second).len(), 2);
    second.miss();
    assert_eq!(ids(&second).len(), 2);
    world.pass(1);
    now(second.look()).unwrap_err();
    assert_eq!(ids(&second), [own(&second)]);
    now(second.beat()).unwrap_err();
    assert_eq!(ids(&second), [own(&second)]);
}
