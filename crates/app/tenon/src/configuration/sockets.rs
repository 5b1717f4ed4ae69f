use std::num::NonZeroU32;
use std::time::Duration;

use tenon_http::SocketSettings;
use tenon_rooms::{EventData, History};

use super::reader::Reader;

/// Sockets and the rooms that they hear.
#[derive(Debug, Clone, Copy)]
pub struct Sockets {
    /// How sockets are treated.
    pub settings: SocketSettings,
    /// How much of a room's past is kept.
    pub history: History,
}

impl Sockets {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let per_user = reader.number("sockets.per_user", NonZeroU32::MIN..=NonZeroU32::MAX);
        let rooms = reader.number(
            "sockets.rooms_per_socket",
            NonZeroU32::MIN.saturating_add(1)..=NonZeroU32::MAX,
        );
        let frames_per_minute = reader.number("sockets.frames_per_minute", NonZeroU32::MIN..=NonZeroU32::MAX);
        let message_bytes = reader.number("sockets.message_bytes", 1024..=16 * 1024 * 1024);
        let outbox_frames = reader.number("sockets.outbox_frames", 16..=1024 * 1024);
        let outbox_bytes = reader.number("sockets.outbox_bytes", 2 * EventData::MAX_BYTES..=1024 * 1024 * 1024);
        let heartbeat = seconds(reader, "sockets.heartbeat_seconds");
        let dead = seconds(reader, "sockets.dead_seconds");
        let stalled = seconds(reader, "sockets.stalled_seconds");
        let token_in_query = reader.parse("sockets.token_in_query", "true or false", |text| text.parse().ok());
        let history = history(reader);
        if let (Some(heartbeat), Some(dead)) = (heartbeat, dead)
            && dead <= heartbeat
        {
            reader.refuse("sockets.dead_seconds", "must be more than sockets.heartbeat_seconds");
        }
        Some(Self {
            settings: SocketSettings {
                per_user: per_user?,
                rooms: rooms?,
                frames_per_minute: frames_per_minute?,
                message_bytes: message_bytes?,
                outbox: (outbox_frames?, outbox_bytes?),
                heartbeat: heartbeat?,
                dead: dead?,
                stalled: stalled?,
                token_in_query: token_in_query?,
            },
            history: history?,
        })
    }
}

fn history(reader: &mut Reader<'_>) -> Option<History> {
    let events = reader.number("sockets.history_events", NonZeroU32::MIN..=NonZeroU32::MAX);
    let age = seconds(reader, "sockets.history_seconds");
    Some(History {
        events: events?,
        age: age?,
    })
}

fn seconds(reader: &mut Reader<'_>, key: &str) -> Option<Duration> {
    reader.number(key, 1..=24 * 60 * 60).map(Duration::from_secs)
}
