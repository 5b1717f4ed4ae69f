use std::time::Duration;

use redis::{Cmd, Pipeline, Script, Value};
use tenon_rooms::{Epoch, EventKey, History, Offset, Position, Room};

use super::publisher::Publication;
use super::reading::{self, Reading};
use super::wire;
use crate::Redis;

/// How many events are read at once, so that no answer is larger than some megabytes.
pub const PAGE: usize = 100;

/// How long a room's count outlives its history: whoever missed nothing in so long a silence resumes without a gap.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const PUBLISH: &str = include_str!("publish.lua");

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
            publish: Script::new(PUBLISH),
            read: Script::new(include_str!("read.lua")),
        }
    }

    /// Numbers and spreads events in their order, and says where each is. Nothing for those that the server did not answer.
    pub async fn append(&self, batch: &[Publication]) -> Vec<Option<Position>> {
        let mut pipeline = Pipeline::with_capacity(batch.len());
        // The first command brings the script along. If the server had to be told of it after it failed, what comes after the
        // failed one would be before it.
        let mut script = ("EVAL", PUBLISH);
        for group in batch.chunk_by(Publication::goes_with) {
            pipeline.add_command(self.publish(script, group));
            script = ("EVALSHA", self.publish.get_hash());
        }
        let answers = self.redis.run_all(pipeline).await;
        let mut positions = Vec::with_capacity(batch.len());
        for (group, answer) in batch.chunk_by(Publication::goes_with).zip(answers) {
            let first = answer.and_then(reading::text).as_deref().and_then(wire::position);
            let all = std::iter::successors(first, |position| Some(position.next())).map(Some);
            positions.extend(all.chain(std::iter::repeat(None)).take(group.len()));
        }
        positions
    }

    /// For events of one room; with a key, there is only one.
    fn publish(&self, (command, script): (&str, &str), group: &[Publication]) -> Cmd {
        let mut publish = redis::cmd(command);
        let Some(Publication { room, once, .. }) = group.first() else {
            return publish;
        };
        publish
            .arg(script)
            .arg(3 + usize::from(once.is_some()))
            .arg(wire::key(room, "count"))
            .arg(wire::key(room, "events"))
            .arg(wire::channel(room));
        if let Some(EventKey(bytes)) = once {
            publish.arg(wire::key(room, &format!("once:{:032x}", u128::from_be_bytes(*bytes))));
        }
        publish
            .arg(Epoch::random().to_string())
            .arg(self.history.events.get())
            .arg(millis(self.history.age))
            .arg(self.life());
        for publication in group {
            publish.arg(&publication.text);
        }
        publish
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
