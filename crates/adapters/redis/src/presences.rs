mod registry;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::Script;
use registry::Registry;
use tenon_kernel::{Timestamp, Unavailable, UserId};
use tenon_rooms::{Attendance, Presences, Present, Room};
use tokio::sync::RwLock;
use tokio::time::{MissedTickBehavior, interval};

use crate::Redis;
use crate::connection::{Task, unavailable};

/// How long an instance that died is still seen, in milliseconds.
const LIFE: u64 = 30 * 1000;

/// How often what this instance entered is entered again.
const REFRESH: Duration = Duration::from_secs(10);

/// How many connections are refreshed at once.
const BATCH: usize = 200;

/// Knows who is in which room on any instance.
///
/// `tenon:{room}:present` is a sorted set of `user connection since`, scored by the time in milliseconds since 1970 at which
/// each is forgotten; `tenon:{room}:people` counts every user's connections. What this instance entered is entered again
/// every ten seconds, and so comes back when the server lost it.
pub struct RedisPresences {
    shared: Arc<Shared>,
    _refresh: Task,
}

struct Shared {
    redis: Redis,
    enter: Script,
    exit: Script,
    list: Script,
    /// What this instance entered. Held to write while it is refreshed, so that nothing is refreshed that left meanwhile.
    entered: RwLock<()>,
    registry: Registry,
}

impl RedisPresences {
    /// Presences over this server, refreshed until this is dropped.
    pub fn start(redis: Redis) -> Self {
        let script = |text: &str| Script::new(&format!("{}\n{text}", include_str!("presences/forget.lua")));
        let shared = Arc::new(Shared {
            redis: redis.clone(),
            enter: script(include_str!("presences/enter.lua")),
            exit: script(include_str!("presences/exit.lua")),
            list: script(include_str!("presences/list.lua")),
            entered: RwLock::default(),
            registry: Registry::default(),
        });
        Self {
            _refresh: redis.spawn(refresh(Arc::clone(&shared))),
            shared,
        }
    }
}

async fn refresh(shared: Arc<Shared>) {
    let mut ticks = interval(REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for room in shared.registry.rooms() {
            let _alone = shared.entered.write().await;
            for batch in shared.registry.of(&room).chunks(BATCH) {
                // What fails now is refreshed the next time.
                let _ = shared.enter(&room, batch).await;
            }
        }
    }
}

impl Shared {
    /// Whether one of them is a user's first.
    async fn enter(&self, room: &Room, attendances: &[Attendance]) -> Option<bool> {
        let mut script = self.enter.prepare_invoke();
        keys(&mut script, room);
        script.arg(LIFE);
        for attendance in attendances {
            script.arg(member(attendance));
        }
        self.redis.run(&script).await
    }
}

fn keys(script: &mut redis::ScriptInvocation<'_>, room: &Room) {
    script
        .key(format!("tenon:{{{room}}}:present"))
        .key(format!("tenon:{{{room}}}:people"));
}

fn member(attendance: &Attendance) -> String {
    let Attendance {
        user,
        connection,
        since,
        ..
    } = attendance;
    format!("{user} {connection} {}", since.as_micros())
}

fn read(member: &str) -> Option<(UserId, Timestamp)> {
    let mut parts = member.split(' ');
    let user = parts.next()?.parse().ok()?;
    let since = parts.nth(1)?.parse().ok()?;
    Some((user, Timestamp::from_micros(since)))
}

#[async_trait]
impl Presences for RedisPresences {
    async fn enter(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        let _together = self.shared.entered.read().await;
        let attendance = self.shared.registry.add(attendance);
        let first = self.shared.enter(&attendance.room, &[attendance]).await;
        first.ok_or_else(unavailable)
    }

    async fn leave(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        let _together = self.shared.entered.read().await;
        let Some(entered) = self.shared.registry.remove(attendance) else {
            return Ok(false);
        };
        let mut script = self.shared.exit.prepare_invoke();
        keys(&mut script, &entered.room);
        script.arg(member(&entered));
        self.shared.redis.run(&script).await.ok_or_else(unavailable)
    }

    async fn list(&self, room: &Room) -> Result<Vec<Present>, Unavailable> {
        let mut script = self.shared.list.prepare_invoke();
        keys(&mut script, room);
        let members: Vec<String> = self.shared.redis.run(&script).await.ok_or_else(unavailable)?;
        let mut people: HashMap<UserId, Present> = HashMap::new();
        for (user, since) in members.iter().filter_map(|member| read(member)) {
            let present = people.entry(user).or_insert(Present {
                user,
                since,
                connections: 0,
            });
            present.connections += 1;
            present.since = present.since.min(since);
        }
        let mut list: Vec<Present> = people.into_values().collect();
        list.sort_unstable_by_key(|present| (present.since, present.user));
        Ok(list)
    }
}
