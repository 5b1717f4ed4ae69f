use std::rc::Rc;
use std::sync::Arc;

use tenon_rooms::{Event, ReadRoomError, Replay};

use super::delivery::{Batch, Delivery};
use super::hub::Hub;
use super::room::{Membership, Pace};

/// Frames and bytes that are sent together.
const FRAMES: usize = 64;
const BYTES: usize = 32 * 1024;

/// Sends what was missed until the membership is live again, the outbox is full, or the room is gone.
pub(super) async fn fetch(hub: Rc<Hub>, membership: Rc<Membership>) {
    loop {
        let Some(cursor) = membership.cursor.get() else { return };
        membership.seen.set(None);
        let connection = &membership.connection;
        let replay = hub
            .api
            .rooms
            .replay(&connection.member.get().principal(), &membership.room, cursor)
            .await;
        if membership.left.get() || !membership.outlet.is_open() {
            return;
        }
        // Meanwhile the client asked to go on from elsewhere.
        if membership.cursor.get() != Some(cursor) {
            continue;
        }
        match replay {
            Ok(Replay::Events(events)) => {
                let all_sent = send(&hub, &membership, &events);
                if membership.over.get() && !membership.missed() {
                    return hub.let_go(&membership);
                }
                if !all_sent {
                    return wait(&membership);
                }
            }
            Ok(Replay::Gap(position)) => {
                hub.sockets.metrics.gaps.inc();
                membership.skip_to(position);
            }
            Err(ReadRoomError::UnknownRoom) => {
                return hub.let_go(&membership);
            }
            // The hub's tick tries again.
            Err(ReadRoomError::Unavailable(_)) => return wait(&membership),
        }
        if !membership.missed() {
            return membership.pace.set(Pace::Live);
        }
    }
}

fn wait(membership: &Membership) {
    membership.pace.set(Pace::Behind);
    membership.connection.behind.set(true);
}

/// False when not all of them found room.
fn send(hub: &Hub, membership: &Membership, events: &[Arc<Event>]) -> bool {
    let deliveries: Vec<_> = events.iter().cloned().map(Delivery::new).map(Arc::new).collect();
    let mut rest = deliveries.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(FRAMES).take_while(|delivery| {
            let before = bytes;
            bytes += delivery.size();
            before < BYTES
        });
        let (part, after) = rest.split_at(fits.count());
        let Some(batch) = Batch::of(part) else { return true };
        let Some(sent) = membership.take(&batch) else {
            return false;
        };
        hub.sockets.metrics.sent(sent);
        rest = after;
    }
    true
}
