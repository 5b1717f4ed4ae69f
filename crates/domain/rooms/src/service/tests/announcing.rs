//! What is told of what happened, and when it is struck out.

use std::mem;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use tenon_kernel::{About, Act, Activity, ActivityId, Clock, Timestamp, Unavailable, Verb, Version};

use super::fakes::{Call, Noon, Tenant, World, id, now};
use crate::{Announcer, EventData, EventKey, EventName, NewEvent, Outbox};

/// What is stored and not struck out, and what of it this process has stored lately.
#[derive(Default)]
struct Stored {
    fresh: Mutex<Option<Vec<Activity>>>,
    untold: Mutex<Vec<Activity>>,
    struck_out: Mutex<Vec<Vec<ActivityId>>>,
    down: Mutex<bool>,
}

impl Stored {
    fn store(&self, activities: &[Activity]) {
        self.fresh.lock().get_or_insert_default().extend_from_slice(activities);
        self.untold.lock().extend_from_slice(activities);
    }

    fn struck_out(&self) -> Vec<Vec<ActivityId>> {
        mem::take(&mut self.struck_out.lock())
    }
}

#[async_trait]
impl Outbox for Stored {
    async fn fresh(&self) -> Option<Vec<Activity>> {
        self.fresh.lock().take()
    }

    async fn untold(&self, before: Timestamp) -> Result<Vec<Activity>, Unavailable> {
        let mut untold = self.untold.lock().clone();
        untold.retain(|activity| activity.id.time() < before);
        Ok(untold)
    }

    async fn told(&self, activities: &[ActivityId]) -> Result<(), Unavailable> {
        if *self.down.lock() {
            return Err(Unavailable::new("the store", "is down"));
        }
        self.untold.lock().retain(|activity| !activities.contains(&activity.id));
        self.struck_out.lock().push(activities.to_vec());
        Ok(())
    }
}

fn happened(number: u128) -> Activity {
    let about = About::Organization {
        version: Version::FIRST,
    };
    let act = Act::of(id(9), Timestamp::from_micros(1));
    Activity {
        id: id(number),
        ..Activity::new(Tenant::number(1).organization, act, about, Verb::Updated)
    }
}

fn set() -> (Arc<World>, Arc<Stored>, Announcer) {
    let (world, stored) = (World::of(&[1]), Arc::new(Stored::default()));
    let render = |_: &Activity| {
        Ok(NewEvent {
            name: EventName::parse("pump.started").unwrap(),
            data: EventData::parse("{}").unwrap(),
            at: Noon.now(),
            from: None,
        })
    };
    let announcer = Announcer::new(stored.clone(), world.rooms(), Arc::new(Noon), render);
    (world, stored, announcer)
}

/// The keys of the events that were heard.
fn heard(world: &World) -> Vec<EventKey> {
    let key = |call| match call {
        Call::Publish(_, _, Some(key)) => key,
        call => panic!("{call:?}"),
    };
    world.calls().into_iter().map(key).collect()
}

fn keys(activities: &[Activity]) -> Vec<EventKey> {
    activities
        .iter()
        .map(|activity| EventKey(*activity.id.as_bytes()))
        .collect()
}

#[test]
fn what_is_fresh_is_told_at_once_and_struck_out_together() {
    let (world, stored, announcer) = set();
    for number in [1, 2] {
        stored.store(&[happened(number)]);
        now(announcer.tell_fresh()).unwrap();
        assert_eq!(heard(&world), keys(&[happened(number)]));
    }
    assert!(stored.struck_out().is_empty());
    now(announcer.strike_out()).unwrap();
    assert_eq!(stored.struck_out(), [[id(1), id(2)]]);
    now(announcer.strike_out()).unwrap();
    assert!(stored.struck_out().is_empty());
}

#[test]
fn many_are_struck_out_a_thousand_at_once() {
    let (_, stored, announcer) = set();
    stored.store(&(0..2500).map(happened).collect::<Vec<_>>());
    now(announcer.tell_fresh()).unwrap();
    now(announcer.strike_out()).unwrap();
    let lengths: Vec<usize> = stored.struck_out().iter().map(Vec::len).collect();
    assert_eq!(lengths, [1024, 1024, 452]);
}

#[test]
fn what_was_told_is_struck_out_before_what_was_left_behind_is_told() {
    let (world, stored, announcer) = set();
    stored.store(&[happened(1)]);
    now(announcer.tell_fresh()).unwrap();
    stored.store(&[happened(2)]);
    assert_eq!(heard(&world), keys(&[happened(1)]));
    now(announcer.tell_left_behind()).unwrap();
    assert_eq!(heard(&world), keys(&[happened(2)]));
    assert_eq!(stored.struck_out(), [[id(1)], [id(2)]]);
}

#[test]
fn what_cannot_be_struck_out_is_told_again_under_its_key() {
    let (world, stored, announcer) = set();
    stored.store(&[happened(1)]);
    now(announcer.tell_fresh()).unwrap();
    *stored.down.lock() = true;
    now(announcer.strike_out()).unwrap_err();
    *stored.down.lock() = false;
    now(announcer.tell_left_behind()).unwrap();
    assert_eq!(heard(&world), keys(&[happened(1), happened(1)]));
    assert_eq!(stored.struck_out(), [[id(1)]]);
}
