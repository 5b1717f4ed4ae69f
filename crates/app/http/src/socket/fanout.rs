use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tenon_rooms::{Position, Room};
use tokio::task::yield_now;

use super::delivery::{Batch, Delivery};
use super::hub::Hub;
use super::inbox::Item;
use super::room::{Membership, Pace};

/// A batch is not made larger than this, so that it goes out in one write.
const LARGEST: usize = 32 * 1024;

/// So many members are given something without a pause, which takes less than a millisecond.
const PART: usize = 64;

/// Puts together what follows one another in the same room.
#[derive(Default)]
pub(super) struct Gathering(HashMap<Room, Vec<Arc<Delivery>>>);

impl Gathering {
    /// Brings all items to the worker's sockets, each room's in its order.
    pub async fn distribute(&mut self, hub: &Rc<Hub>, items: &mut Vec<Item>) {
        for item in items.drain(..) {
            match item {
                Item::Event(delivery) => self.gather(hub, delivery).await,
                Item::Lost(room, position) => {
                    self.flush(hub, &room).await;
                    hub.lost(&room, position);
                }
                Item::Hole(room) => {
                    self.flush(hub, &room).await;
                    hub.missed(&room);
                }
                Item::Mail(user) => hub.mail(user),
                Item::Stock(user) => hub.restocked(user),
            }
        }
        for (room, deliveries) in self.0.drain() {
            send(hub, &room, &deliveries).await;
        }
    }

    async fn gather(&mut self, hub: &Rc<Hub>, delivery: Arc<Delivery>) {
        let waiting = self.0.entry(delivery.event.room).or_default();
        let bytes: usize = waiting.iter().map(|waiting| waiting.size()).sum();
        let follows = waiting
            .last()
            .is_none_or(|last| last.event.position.next() == delivery.event.position);
        if !follows || bytes + delivery.size() > LARGEST {
            send(hub, &delivery.event.room, waiting).await;
            waiting.clear();
        }
        waiting.push(delivery);
    }

    async fn flush(&mut self, hub: &Rc<Hub>, room: &Room) {
        if let Some(deliveries) = self.0.remove(room) {
            send(hub, room, &deliveries).await;
        }
    }
}

/// Between parts of a large room, others have their turn. Who comes meanwhile begins after what is being sent.
async fn send(hub: &Rc<Hub>, room: &Room, deliveries: &[Arc<Delivery>]) {
    let Some(members) = hub.rooms.borrow().get(room).cloned() else {
        return;
    };
    let Some(batch) = Batch::of(deliveries) else {
        return;
    };
    let mut end = usize::MAX;
    while end > 0 {
        let mut sent = 0;
        let (mut behind, mut over) = (Vec::new(), Vec::new());
        end = members.part(end, PART, |membership| {
            sent += membership.offer(&batch);
            if membership.pace.get() == Pace::Behind && membership.outlet.has_drained() {
                behind.push(Rc::clone(membership));
            }
            if membership.pace.get() == Pace::Live && membership.over.get() {
                over.push(Rc::clone(membership));
            }
        });
        hub.sockets.metrics.sent(sent);
        for membership in behind {
            hub.catch_up(&membership);
        }
        for membership in over {
            hub.let_go(&membership);
        }
        if end > 0 {
            yield_now().await;
        }
    }
}

impl Hub {
    /// Events of a room are gone for good: whoever was up to date goes on from here.
    fn lost(self: &Rc<Self>, room: &Room, position: Position) {
        let Some(members) = self.rooms.borrow().get(room).cloned() else {
            return;
        };
        members.each(|membership| {
            if membership.pace.get() == Pace::Live && membership.cursor.get() != Some(position) {
                self.sockets.metrics.gaps.inc();
                membership.skip_to(position);
            } else {
                membership.seen.set(Some(position));
            }
        });
    }

    /// Events of a room were left out here; history has them.
    fn missed(self: &Rc<Self>, room: &Room) {
        let Some(members) = self.rooms.borrow().get(room).cloned() else {
            return;
        };
        for membership in members.all() {
            membership.fall_behind();
            self.catch_up(&membership);
        }
    }

    /// Sends a membership what it missed, in a task of its own.
    pub(super) fn catch_up(self: &Rc<Self>, membership: &Rc<Membership>) {
        if membership.pace.get() != Pace::Behind || membership.left.get() || !membership.outlet.is_open() {
            return;
        }
        membership.pace.set(Pace::Fetching);
        actix_web::rt::spawn(super::history::fetch(Rc::clone(self), Rc::clone(membership)));
    }
}
