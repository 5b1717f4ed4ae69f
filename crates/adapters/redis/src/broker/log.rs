use std::time::Duration;

use redis::{Script, Value};
use tenon_rooms::{Epoch, EventKey, History, NewEvent, Offset, Position, Room};

use super::reading::Reading;
use super::wire;
use crate::Redis;

/// How many events are read at once, so that no answer is larger than some megabytes.
pub const PAGE: usize = 100;

/// How long a room's count outlives its history: whoever missed nothing in so long a silence resumes without a gap.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The counts and the histories of rooms.
pub struct Log {
    redis: Redis,
    history: History,
    publish: Script,
    read: Script,
}

impl Log {
    pub fn new(redis: Redis, history: History) -> Self {
        Self {
            redis,
            history,
            publish: Script::new(include_str!("publish.lua")),
            read: Script::new(include_str!("read.lua")),
        }
    }

    /// Numbers and spreads an event. Nothing when the server did not answer.
    pub async fn append(&self, room: &Room, event: &NewEvent, once: Option<EventKey>) -> Option<Position> {
        let mut script = self.publish.prepare_invoke();
        script
            .key(wire::key(room, "count"))
            .key(wire::key(room, "events"))
            .key(wire::channel(room));
        if let Some(EventKey(bytes)) = once {
            script.key(wire::key(room, &format!("once:{:032x}", u128::from_be_bytes(bytes))));
        }
        script
            .arg(Epoch::random().to_string())
            .arg(wire::write(event))
            .arg(self.history.events.get())
            .arg(millis(self.history.age))
            .arg(self.life());
        let position: String = self.redis.run(&script).await?;
        wire::position(&position)
    }

    /// Whether the server is known to be gone.
    pub fn is_degraded(&self) -> bool {
        self.redis.degraded()
    }

    /// Where the room is.
    pub async fn position(&self, room: &Room) -> Option<Reading> {
        let nowhere = Position {
            epoch: Epoch::random(),
            offset: Offset::START,
        };
        self.read(room, nowhere, 0, false).await
    }

    /// Where the room is, and what came after a position. When that was certainly `reached` and the server knows nothing of
    /// it, the room gets another epoch.
    pub async fn after(&self, room: &Room, position: Position, reached: bool) -> Option<Reading> {
        self.read(room, position, PAGE, reached).await
    }

    async fn read(&self, room: &Room, after: Position, count: usize, reached: bool) -> Option<Reading> {
        let mut script = self.read.prepare_invoke();
        script
            .key(wire::key(room, "count"))
            .key(wire::key(room, "events"))
            .arg(Epoch::random().to_string())
            .arg(self.life())
            .arg(count)
            .arg(after.epoch.to_string())
            .arg(after.offset.get())
            .arg(format!("{}-0", after.offset.next()))
            .arg(u8::from(reached));
        Reading::parse(self.redis.run::<Value>(&script).await?)
    }

    fn life(&self) -> u64 {
        millis(self.history.age + DAY)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1)
}
