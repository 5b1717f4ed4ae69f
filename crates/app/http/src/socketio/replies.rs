//! How what a client asked for went.

use serde::Serialize;
use tenon_kernel::Timestamp;
use tenon_rooms::{Position, Room};
use tenon_socketio::{AckId, Socket};

use super::packets::{self, json};
use crate::dto::Stamp;
use crate::socket::{At, Shown};

/// It was done.
#[derive(Serialize)]
pub(super) struct Reply<'a> {
    ok: bool,
    #[serde(flatten)]
    with: With<'a>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum With<'a> {
    At(At<'a>),
    Room { room: Shown<&'a Room> },
    Until { expires_at: Stamp },
}

impl<'a> Reply<'a> {
    /// The room is here now.
    pub fn at(room: &'a Room, position: Position) -> Self {
        Self::with(With::At(At::new(room, position)))
    }

    /// It was about this room.
    pub fn room(room: &'a Room) -> Self {
        Self::with(With::Room { room: Shown(room) })
    }

    /// The socket is good until then.
    pub fn until(until: Timestamp) -> Self {
        Self::with(With::Until {
            expires_at: Stamp(until),
        })
    }

    fn with(with: With<'a>) -> Self {
        Self { ok: true, with }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    ok: bool,
    code: &'a str,
    message: &'a str,
}

/// Tells the client, if it wants to know.
pub(super) fn done(socket: &Socket, ack: Option<AckId>, reply: &Reply<'_>) {
    if let Some(ack) = ack {
        socket.acknowledge(ack, &[&json(reply)]);
    }
}

/// Tells the client, with the acknowledgement that it waits for or as an event.
pub(super) fn refused(socket: &Socket, event: &str, ack: Option<AckId>, code: &str, message: &str) {
    match ack {
        Some(ack) => {
            let ok = false;
            socket.acknowledge(ack, &[&json(&Refused { ok, code, message })]);
        }
        None => socket.reply(&packets::error(socket.namespace(), event, code, message)),
    }
}
