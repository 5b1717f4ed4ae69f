mod follower;
mod line;
mod log;
mod publisher;
mod reading;
mod track;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use follower::{Command, Follower};
use log::{Log, PAGE};
use publisher::Publication;
use tenon_kernel::{Limit, Unavailable};
use tenon_rooms::{Broker, Event, EventKey, History, Listener, NewEvent, Offset, Position, Replay, Room};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::Redis;
use crate::connection::{Task, unavailable};

/// How long a join waits at most: for a connection, a subscription and a reading. And how long a publication does: for those
/// before it, and the server's answer.
const PATIENCE: Duration = Duration::from_millis(750);

/// Brings events to every instance through one server.
///
/// Of each room the server has `tenon:{room}:count`, its epoch and offset, for a day and a history's age after the last
/// use; `tenon:{room}:events`, a stream whose ids are the offsets, for the age of a history after the last event; and
/// `tenon:{room}:once:{key}` for each event that was published with a key, for that time too. Events are spread on the
/// channel `tenon:{room}:live`, to which an instance subscribes while somebody there is in the room.
///
/// A message that does not arrive leaves a hole, and the stream fills it: holes are looked for when the next message comes,
/// when a connection was lost, and every two seconds.
///
/// Plain and not sharded pub/sub: an instance talks to one server, where both are the same.
pub struct RedisBroker {
    log: Arc<Log>,
    commands: mpsc::UnboundedSender<Command>,
    publications: mpsc::UnboundedSender<Publication>,
    _tasks: [Task; 3],
}

impl RedisBroker {
    /// A broker over this server that keeps so much `history` of each room, and tells `listener` of the joined ones.
    pub fn start(redis: Redis, history: History, listener: Arc<dyn Listener>) -> Self {
        let (commands, asked) = mpsc::unbounded_channel();
        let (changes, wanted) = mpsc::unbounded_channel();
        let (news, told) = mpsc::unbounded_channel();
        let (publications, published) = mpsc::unbounded_channel();
        let log = Arc::new(Log::new(redis.clone(), history));
        let follower = Follower::new(Arc::clone(&log), listener, changes);
        let tasks = [
            redis.spawn(line::keep(redis.client(), wanted, news)),
            redis.spawn(follower.run(asked, told)),
            redis.spawn(publisher::send(Arc::clone(&log), published)),
        ];
        Self {
            log,
            commands,
            publications,
            _tasks: tasks,
        }
    }
}

#[async_trait]
impl Broker for RedisBroker {
    async fn publish(&self, room: &Room, event: &NewEvent, once: Option<EventKey>) -> Result<Position, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let publication = Publication {
            room: *room,
            text: wire::write(event),
            once,
            reply,
        };
        self.publications.send(publication).map_err(|_| unavailable())?;
        match timeout(PATIENCE, answer).await {
            Ok(Ok(Some(position))) => Ok(position),
            Ok(Ok(None) | Err(_)) | Err(_) => Err(unavailable()),
        }
    }

    async fn position(&self, room: &Room) -> Result<Position, Unavailable> {
        let reading = self.log.position(room).await.ok_or_else(unavailable)?;
        Ok(reading.position)
    }

    async fn since(&self, room: &Room, position: Position) -> Result<Replay, Unavailable> {
        let mut events: Vec<Arc<Event>> = Vec::new();
        let mut at = position;
        loop {
            let reading = self.log.after(room, at, false).await.ok_or_else(unavailable)?;
            let now = reading.position;
            if now.epoch != at.epoch || now.offset < at.offset {
                return Ok(Replay::Gap(now));
            }
            let full = reading.entries.len() >= PAGE;
            for event in reading.events(room) {
                match event {
                    Some(event) if event.position == at.next() => {
                        at = event.position;
                        events.push(Arc::new(event));
                    }
                    _ => return Ok(Replay::Gap(now)),
                }
            }
            if at.offset >= now.offset {
                return Ok(Replay::Events(events));
            }
            if !full {
                return Ok(Replay::Gap(now));
            }
        }
    }

    async fn latest(&self, room: &Room, most: Limit) -> Result<Vec<Arc<Event>>, Unavailable> {
        let now = self.log.position(room).await.ok_or_else(unavailable)?.position;
        let earlier = Position {
            epoch: now.epoch,
            offset: Offset::new(now.offset.get().saturating_sub(u64::try_from(most.get()).unwrap_or(0))),
        };
        let reading = self.log.after(room, earlier, false).await.ok_or_else(unavailable)?;
        let events: Vec<_> = reading.events(room).flatten().map(Arc::new).collect();
        let surplus = events.len().saturating_sub(most.get());
        Ok(events.into_iter().skip(surplus).collect())
    }

    async fn join(&self, room: &Room) -> Result<Position, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let mut joining = Joining {
            room: *room,
            commands: &self.commands,
            answer,
        };
        if self.commands.send(Command::Join(*room, reply)).is_err() {
            return Err(unavailable());
        }
        match timeout(PATIENCE, &mut joining.answer).await {
            Ok(Ok(Some(position))) => Ok(position),
            Ok(Ok(None) | Err(_)) | Err(_) => Err(unavailable()),
        }
    }

    fn leave(&self, room: &Room) {
        // Without a follower there is nobody who delivers.
        let _ = self.commands.send(Command::Leave(*room));
    }
}

/// A join that may be given up while it is under way.
struct Joining<'a> {
    room: Room,
    commands: &'a mpsc::UnboundedSender<Command>,
    answer: oneshot::Receiver<Option<Position>>,
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        self.answer.close();
        // What nobody took up is undone.
        if let Ok(Some(_)) = self.answer.try_recv() {
            let _ = self.commands.send(Command::Leave(self.room));
        }
    }
}
