use std::num::NonZeroU32;
use std::time::Duration;

use tenon_websocket::Limits;

/// What may wait to be sent to one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbox {
    /// Packets.
    pub frames: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// How the sessions of an [`Engine`](crate::Engine) are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineSettings {
    /// How long after a sign of life the client is asked for the next.
    pub ping_interval: Duration,
    /// How long it may take to answer.
    pub ping_timeout: Duration,
    /// How long a client may be in no namespace.
    pub connect_timeout: Duration,
    /// How long a WebSocket may take to complete an upgrade.
    pub upgrade_timeout: Duration,
    /// The largest packet of a client, the largest body of its requests, and of the answers to its polls, in bytes.
    pub max_payload: usize,
    /// What may wait for one session.
    pub outbox: Outbox,
    /// How long a client may take nothing although something waits.
    pub stalled: Duration,
    /// Sessions without a namespace at once.
    pub unconnected: usize,
    /// Packets of Socket.IO that one session may send in a minute, of whatever kind and namespace. Pings and other packets
    /// of Engine.IO do not count, nor do attachments.
    pub packets_per_minute: NonZeroU32,
}

impl Default for EngineSettings {
    /// Pings each 25 s, 10 s for the answer; 45 s for the first namespace, 10 s for an upgrade; 1,000,000 bytes; 256 packets
    /// and 1 MiB that wait; 10 s of taking nothing; 10,000 sessions without a namespace; any
    /// number of packets in a minute.
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(45),
            upgrade_timeout: Duration::from_secs(10),
            max_payload: 1_000_000,
            outbox: Outbox {
                frames: 256,
                bytes: 1024 * 1024,
            },
            stalled: Duration::from_secs(10),
            unconnected: 10_000,
            packets_per_minute: NonZeroU32::MAX,
        }
    }
}

impl EngineSettings {
    /// How long after a sign of life a session is dead.
    pub(crate) fn dead(&self) -> Duration {
        self.ping_interval + self.ping_timeout
    }

    /// How often sessions are looked after: often enough that no time of the settings is missed by more than an eighth.
    pub(crate) fn tick(&self) -> Duration {
        let times = [
            self.ping_interval,
            self.ping_timeout,
            self.connect_timeout,
            self.upgrade_timeout,
            self.stalled,
        ];
        let shortest = times.into_iter().min().unwrap_or_default() / 8;
        shortest.clamp(Duration::from_millis(5), Duration::from_secs(1))
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            message: self.max_payload,
            frames: self.outbox.frames,
            bytes: self.outbox.bytes,
        }
    }
}
