//! What the server says, as JSON in a frame.

mod shape;

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tenon_kernel::{Member, Timestamp, UserId};
use tenon_messages::keys::Supply;
use tenon_messages::{DeviceId, Entry, Sent, Seq};
use tenon_rooms::{ConnectionId, Epoch, Event, Position, Present, Room};
use tenon_websocket::frame;

pub(crate) use shape::{At, Shown};
use shape::{Attendee, Frame, Heartbeat, Said};

use super::requests::FrameId;
use crate::dto::messages::{EntryView, SentView};
use crate::dto::{IdText, Stamp};

/// Who changed in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Joined(UserId),
    Left(UserId),
}

fn write(frame: &Frame<'_>) -> Bytes {
    // None of these has a map whose keys are no text, which is all that could fail.
    frame::text(&serde_json::to_vec(frame).unwrap_or_default())
}

/// The first frame.
pub(super) fn welcome(
    connection: ConnectionId,
    member: &Member,
    rooms: &[(Room, Position)],
    heartbeat: Duration,
    dead: Duration,
) -> Bytes {
    write(&Frame::Welcome {
        connection_id: IdText::of(connection),
        user: IdText::of(member.user),
        organization: IdText::of(member.organization),
        role: member.role.as_str(),
        rooms: rooms.iter().map(|(room, position)| At::new(room, *position)).collect(),
        heartbeat: Heartbeat {
            interval_ms: millis(heartbeat),
            dead_ms: millis(dead),
        },
    })
}

/// An event, the same for all who hear it.
pub(super) fn event(event: &Event) -> Bytes {
    #[derive(Serialize)]
    struct Whole<'a> {
        r#type: &'static str,
        room: Shown<&'a Room>,
        epoch: Shown<Epoch>,
        offset: u64,
        event: &'a str,
        data: &'a RawValue,
        at: Stamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<IdText>,
    }
    let whole = Whole {
        r#type: "event",
        room: Shown(&event.room),
        epoch: Shown(event.position.epoch),
        offset: event.position.offset.get(),
        event: event.name.as_str(),
        data: event.data.raw(),
        at: Stamp(event.at),
        from: event.from.map(IdText::of),
    };
    frame::text(&serde_json::to_vec(&whole).unwrap_or_default())
}

/// History does not reach back: go on from here.
pub(super) fn gap(room: &Room, position: Position) -> Bytes {
    write(&Frame::Gap {
        at: At::new(room, position),
    })
}

/// The room is gone.
pub(super) fn gone(room: &Room) -> Bytes {
    write(&Frame::Error {
        id: None,
        code: "room_not_found",
        message: "The room is gone.",
        room: Some(Shown(room)),
        retry_after_ms: None,
    })
}

/// Done, and the room is here now.
pub(super) fn ok_at(id: Option<&FrameId>, room: &Room, position: Position) -> Bytes {
    ok(id, Said::At(At::new(room, position)))
}

/// Done.
pub(super) fn ok_room(id: Option<&FrameId>, room: &Room) -> Bytes {
    ok(id, Said::Room { room: Shown(room) })
}

/// Who is in a room.
pub(super) fn ok_present(id: Option<&FrameId>, room: &Room, present: &[Present]) -> Bytes {
    let present = present.iter().map(|present| Attendee {
        user: IdText::of(present.user),
        since: Stamp(present.since),
        connections: present.connections,
    });
    ok(
        id,
        Said::Present {
            room: Shown(room),
            present: present.collect(),
        },
    )
}

/// The socket is good until then.
pub(super) fn ok_until(id: Option<&FrameId>, until: Timestamp) -> Bytes {
    ok(
        id,
        Said::Until {
            expires_at: Stamp(until),
        },
    )
}

fn ok(id: Option<&FrameId>, said: Said<'_>) -> Bytes {
    write(&Frame::Ok {
        id: id.map(FrameId::raw),
        said,
    })
}

/// A frame was refused.
pub(super) fn error(id: Option<&FrameId>, code: &str, message: &str) -> Bytes {
    refusal(id, code, message, None)
}

/// A frame was refused, and may be followed after this time.
pub(super) fn error_for_now(id: Option<&FrameId>, code: &str, message: &str, wait: Duration) -> Bytes {
    refusal(id, code, message, Some(millis_to_wait(wait)))
}

fn refusal(id: Option<&FrameId>, code: &str, message: &str, retry_after_ms: Option<u64>) -> Bytes {
    let id = id.map(FrameId::raw);
    write(&Frame::Error {
        id,
        code,
        message,
        room: None,
        retry_after_ms,
    })
}

/// What a device has left.
pub(super) fn prekeys(device: DeviceId, supply: &Supply) -> Bytes {
    write(&Frame::Prekeys {
        device: device.get(),
        remaining: supply.remaining,
        last_resort_used: supply.last_resort_used,
    })
}

/// Something in the mailbox.
pub(super) fn entry(entry: &Entry) -> Bytes {
    frame::text(&serde_json::to_vec(&EntryView::of(entry)).unwrap_or_default())
}

/// The message is kept.
pub(super) fn ok_sent(id: Option<&FrameId>, sent: &Sent) -> Bytes {
    ok(
        id,
        Said::Sent {
            message: SentView::of(sent),
        },
    )
}

/// Done up to there.
pub(super) fn ok_up_to(id: Option<&FrameId>, up_to: Seq) -> Bytes {
    ok(id, Said::UpTo { up_to: up_to.get() })
}

/// A sign of life.
pub(super) fn pong(id: Option<&FrameId>) -> Bytes {
    write(&Frame::Pong {
        id: id.map(FrameId::raw),
    })
}

/// Somebody came or went.
pub(super) fn presence(room: &Room, change: Change) -> Bytes {
    let (joined, left) = match change {
        Change::Joined(user) => (Some(IdText::of(user)), None),
        Change::Left(user) => (None, Some(IdText::of(user))),
    };
    write(&Frame::Presence {
        room: Shown(room),
        joined,
        left,
    })
}

/// The instance is about to stop.
pub(super) fn drain(retry_after: Duration) -> Bytes {
    write(&Frame::Drain {
        retry_after_ms: millis_to_wait(retry_after),
    })
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Rounded up, so that whoever waits so long has waited long enough.
pub(crate) fn millis_to_wait(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
