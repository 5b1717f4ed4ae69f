use std::rc::Rc;
use std::sync::Arc;

use bytes::BytesMut;
use tenon_rooms::{Event, ReadRoomError, Replay};

use super::frames;
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
            .replay(&connection.member.get(), &membership.room, cursor)
            .await;
        if membership.left.get() || !connection.link.is_open() {
            return;
        }
        // Meanwhile the client asked to go on from elsewhere.
        if membership.cursor.get() != Some(cursor) {
            continue;
        }
        match replay {
            Ok(Replay::Events(events)) => {
                if !send(&hub, &membership, &events) {
                    return wait(&membership);
                }
            }
            Ok(Replay::Gap(position)) => {
                hub.sockets.metrics.gaps.inc();
                connection.link.reply(frames::gap(&membership.room, position));
                membership.cursor.set(Some(position));
            }
            Err(ReadRoomError::UnknownRoom) => {
                connection
                    .link
                    .reply(frames::error(None, "room_not_found", "The room is gone."));
                return hub.leave(&membership);
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
    let mut chunk = BytesMut::new();
    let mut frames = 0;
    for (index, event) in events.iter().enumerate() {
        chunk.extend_from_slice(&frames::event(event));
        frames += 1;
        if frames < FRAMES && chunk.len() < BYTES && index + 1 < events.len() {
            continue;
        }
        if !membership.connection.link.push(&chunk.split().freeze(), frames) {
            return false;
        }
        hub.sockets.metrics.sent(frames);
        membership.cursor.set(Some(event.position));
        frames = 0;
    }
    true
}
