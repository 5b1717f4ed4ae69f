//! What frames are made of.

use std::fmt::Display;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use tenon_rooms::{Epoch, Position, Room};

use crate::dto::messages::SentView;
use crate::dto::{IdText, Stamp};

/// Something that is shown as text.
pub(crate) struct Shown<T>(pub T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A place in a room.
#[derive(Serialize)]
pub(crate) struct At<'a> {
    room: Shown<&'a Room>,
    epoch: Shown<Epoch>,
    offset: u64,
}

impl<'a> At<'a> {
    pub fn new(room: &'a Room, position: Position) -> Self {
        Self {
            room: Shown(room),
            epoch: Shown(position.epoch),
            offset: position.offset.get(),
        }
    }
}

/// A frame, by its `type`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Frame<'a> {
    Welcome {
        connection_id: IdText,
        user: IdText,
        organization: IdText,
        role: &'static str,
        rooms: Vec<At<'a>>,
        heartbeat: Heartbeat,
    },
    Gap {
        #[serde(flatten)]
        at: At<'a>,
    },
    Ok {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RawValue>,
        #[serde(flatten)]
        said: Said<'a>,
    },
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RawValue>,
        code: &'a str,
        message: &'a str,
        /// It is gone.
        #[serde(skip_serializing_if = "Option::is_none")]
        room: Option<Shown<&'a Room>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RawValue>,
    },
    Presence {
        room: Shown<&'a Room>,
        #[serde(skip_serializing_if = "Option::is_none")]
        joined: Option<IdText>,
        #[serde(skip_serializing_if = "Option::is_none")]
        left: Option<IdText>,
    },
    Drain {
        retry_after_ms: u64,
    },
    Prekeys {
        device: u32,
        remaining: u32,
        last_resort_used: bool,
    },
}

/// In milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Heartbeat {
    pub interval_ms: u64,
    pub dead_ms: u64,
}

/// Somebody who is in a room.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attendee {
    pub user: IdText,
    pub since: Stamp,
    pub connections: u32,
}

/// What an `ok` says beside the id.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum Said<'a> {
    At(At<'a>),
    Room {
        room: Shown<&'a Room>,
    },
    Present {
        room: Shown<&'a Room>,
        present: Vec<Attendee>,
    },
    Until {
        expires_at: Stamp,
    },
    Sent {
        message: SentView,
    },
    UpTo {
        up_to: i64,
    },
}
