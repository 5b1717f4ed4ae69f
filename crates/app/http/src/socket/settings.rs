use std::num::NonZeroU32;
use std::time::Duration;

use tenon_socketio::{EngineSettings, Outbox};
use tenon_websocket::Limits;

/// How sockets are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketSettings {
    /// Open sockets of one user on this instance.
    pub per_user: NonZeroU32,
    /// Rooms that one socket may be in.
    pub rooms: NonZeroU32,
    /// Frames that one socket may send in a minute.
    pub frames_per_minute: NonZeroU32,
    /// The largest message of a client, in bytes.
    pub message_bytes: usize,
    /// Frames that may wait for a slow socket, and their bytes.
    pub outbox: (usize, usize),
    /// A socket from which nothing came for so long is pinged.
    pub heartbeat: Duration,
    /// And after so long is closed.
    pub dead: Duration,
    /// A socket that takes nothing for so long although something waits is closed.
    pub stalled: Duration,
    /// Whether a token may come as `?token=`.
    pub token_in_query: bool,
}

impl SocketSettings {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            message: self.message_bytes,
            frames: self.outbox.0,
            bytes: self.outbox.1,
        }
    }
}

impl SocketSettings {
    /// The same for clients of Socket.IO.
    pub(super) fn engine(&self) -> EngineSettings {
        EngineSettings {
            ping_interval: self.heartbeat,
            ping_timeout: self.dead.saturating_sub(self.heartbeat),
            max_payload: self.message_bytes,
            outbox: Outbox {
                frames: self.outbox.0,
                bytes: self.outbox.1,
            },
            stalled: self.stalled,
            packets_per_minute: self.frames_per_minute,
            ..EngineSettings::default()
        }
    }
}

impl Default for SocketSettings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            per_user: NonZeroU32::MIN.saturating_add(4),
            rooms: NonZeroU32::MIN.saturating_add(99),
            frames_per_minute: NonZeroU32::MIN.saturating_add(99),
            message_bytes: limits.message,
            outbox: (limits.frames, limits.bytes),
            heartbeat: Duration::from_secs(25),
            dead: Duration::from_secs(35),
            stalled: Duration::from_secs(10),
            token_in_query: true,
        }
    }
}
