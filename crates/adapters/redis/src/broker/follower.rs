use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{BoxFuture, pending};
use futures_util::stream::FuturesUnordered;
use redis::Msg;
use redis::aio::PubSubStream;
use tenon_rooms::{Listener, Room};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval};

use super::line::{Change, News};
use super::log::Log;
use super::reading::Reading;
use super::track::{Reply, Track};
use super::wire;

/// How often each room is compared with what the server has of it.
const LOOK: Duration = Duration::from_secs(2);

/// How long a room that nobody is in any more stays subscribed to: whoever reconnects finds it so.
const LINGER: Duration = Duration::from_secs(5);

/// How many rooms are read at once.
const AT_ONCE: usize = 64;

pub enum Command {
    Join(Room, Reply),
    Leave(Room),
}

/// A finished reading.
type Read = (Room, Option<Reading>);

/// Follows the rooms that this instance has joined. It alone calls the listener, which keeps every room's events in order.
pub struct Follower {
    log: Arc<Log>,
    listener: Arc<dyn Listener>,
    changes: UnboundedSender<Change>,
    tracks: HashMap<Room, Track>,
    queue: VecDeque<Room>,
    connected: bool,
}

impl Follower {
    pub fn new(log: Arc<Log>, listener: Arc<dyn Listener>, changes: UnboundedSender<Change>) -> Self {
        Self {
            log,
            listener,
            changes,
            tracks: HashMap::new(),
            queue: VecDeque::new(),
            connected: false,
        }
    }

    pub async fn run(mut self, mut asked: UnboundedReceiver<Command>, mut told: UnboundedReceiver<News>) {
        let mut messages: Option<PubSubStream> = None;
        let mut reads: FuturesUnordered<BoxFuture<'static, Read>> = FuturesUnordered::new();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = asked.recv() => match command {
                    Some(Command::Join(room, reply)) => self.join(room, reply),
                    Some(Command::Leave(room)) => self.leave(&room),
                    None => return,
                },
                news = told.recv() => match news {
                    Some(News::Up(stream)) => {
                        messages = Some(stream);
                        self.up();
                    }
                    Some(News::Hears(rooms)) => rooms.iter().for_each(|room| self.queue(room)),
                    Some(News::Down) => {
                        messages = None;
                        self.connected = false;
                    }
                    None => return,
                },
                message = next(&mut messages) => match message {
                    Some(message) => self.message(&message),
                    None => {
                        messages = None;
                        self.connected = false;
                        self.change(Change::Look);
                    }
                },
                Some((room, reading)) = reads.next(), if !reads.is_empty() => self.read(&room, reading),
                _ = looks.tick() => self.look(),
            }
            while reads.len() < AT_ONCE
                && let Some(room) = self.queue.pop_front()
            {
                reads.push(self.begin(room));
            }
        }
    }

    fn join(&mut self, room: Room, reply: Reply) {
        // Without a connection a room is entered as soon as there is one.
        let reachable = self.connected || !self.log.is_degraded();
        match self.tracks.get_mut(&room) {
            Some(track) if reachable || track.is_followed() => track.join(reply),
            None if reachable => {
                let mut track = Track::default();
                track.join(reply);
                self.tracks.insert(room, track);
                self.change(Change::Enter(room));
            }
            Some(_) | None => {
                // Whoever asked may have gone.
                let _ = reply.send(None);
            }
        }
    }

    fn leave(&mut self, room: &Room) {
        if let Some(track) = self.tracks.get_mut(room) {
            track.leave();
        }
    }

    fn up(&mut self) {
        self.connected = true;
        for room in self.tracks.keys() {
            self.change(Change::Enter(*room));
        }
    }

    fn message(&mut self, message: &Msg) {
        let Some(room) = wire::room(message.get_channel_name()) else {
            return;
        };
        let Some(track) = self.tracks.get_mut(&room) else {
            return;
        };
        let text = str::from_utf8(message.get_payload_bytes()).ok();
        let Some(events) = text.and_then(wire::message) else {
            return;
        };
        let mut behind = false;
        for (position, text) in events {
            behind |= track.message(&room, position, text, &*self.listener);
        }
        if behind {
            self.queue(&room);
        }
    }

    fn read(&mut self, room: &Room, reading: Option<Reading>) {
        let Some(track) = self.tracks.get_mut(room) else { return };
        let failed = reading.is_none();
        if track.read(room, reading, &*self.listener) {
            self.queue(room);
        } else if failed && !track.fail() {
            self.drop_track(room);
        }
    }

    fn queue(&mut self, room: &Room) {
        if self.tracks.get_mut(room).is_some_and(Track::queue) {
            self.queue.push_back(*room);
        }
    }

    fn begin(&mut self, room: Room) -> BoxFuture<'static, Read> {
        let after = self.tracks.get_mut(&room).and_then(Track::begin);
        let log = Arc::clone(&self.log);
        Box::pin(async move {
            let reading = match after {
                Some(position) => log.after(&room, position, true).await,
                None => log.position(&room).await,
            };
            (room, reading)
        })
    }

    /// Compares every room with the server, and leaves those that nobody is in.
    fn look(&mut self) {
        let deserted = self.tracks.iter().filter(|(_, track)| track.is_deserted(LINGER));
        let deserted: Vec<Room> = deserted.map(|(room, _)| *room).collect();
        for room in deserted {
            self.drop_track(&room);
        }
        for (room, track) in &mut self.tracks {
            if track.is_followed() && track.queue() {
                self.queue.push_back(*room);
            }
        }
    }

    fn drop_track(&mut self, room: &Room) {
        self.tracks.remove(room);
        self.change(Change::Exit(*room));
    }

    fn change(&self, change: Change) {
        // Without a connection's keeper this ends as well.
        let _ = self.changes.send(change);
    }
}

async fn next(messages: &mut Option<PubSubStream>) -> Option<Msg> {
    match messages {
        Some(stream) => stream.next().await,
        None => pending::<Option<Msg>>().await,
    }
}
