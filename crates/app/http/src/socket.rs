//! The protocol `tenon.v1` over WebSocket: rooms whose events come in order and can be resumed.
//!
//! [`Sockets`] is what all workers share: it hears every event once, writes it out once, and hands the bytes to the [`hub`]
//! of each worker that has somebody in the room. A hub and its sockets belong to one thread and need no locks.

pub(crate) mod codes;
mod commands;
mod connection;
pub(crate) mod credentials;
mod delivery;
mod fanout;
mod frames;
mod history;
mod hub;
mod inbox;
mod joining;
mod letters;
mod line;
mod mail;
mod metrics;
mod outlet;
mod presence;
mod refusal;
mod requests;
mod room;
mod session;
mod settings;
mod stock;
mod sweep;
pub(crate) mod tickets;
pub(crate) mod upgrade;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tenon_kernel::UserId;
use tenon_messages::Mailman;
use tenon_rooms::{Event, Listener, Position, Room};
use tenon_socketio::Engine;
use tokio::time::{Instant, sleep};

pub(crate) use connection::Connection;
pub(crate) use delivery::Batch;
pub(crate) use frames::{At, Shown, millis_to_wait};
pub(crate) use hub::Hub;
pub(crate) use outlet::{Outlet, Word};
pub(crate) use refusal::Refusal;
pub(crate) use requests::{Resume, examine};
pub(crate) use room::Membership;
pub use settings::SocketSettings;

use delivery::Delivery;
use inbox::{Inbox, Item};
pub(crate) use metrics::Metrics;

/// How long sockets that were told to go have to do so.
const LINGER: Duration = Duration::from_secs(2);

const LOOK: Duration = Duration::from_millis(10);

/// The sockets of an instance.
pub struct Sockets {
    pub(crate) metrics: Metrics,
    per_user: NonZeroU32,
    users: Mutex<HashMap<UserId, u32>>,
    inboxes: RwLock<Vec<Arc<Inbox>>>,
    draining: AtomicBool,
    /// Engine.IO, for clients of Socket.IO.
    pub(crate) engine: Arc<Engine>,
    /// Holds while what a client goes on with elsewhere is being kept.
    leaving: Arc<()>,
}

impl Sockets {
    /// No sockets yet.
    pub fn new(settings: &SocketSettings) -> Self {
        Self {
            metrics: Metrics::default(),
            per_user: settings.per_user,
            users: Mutex::default(),
            inboxes: RwLock::default(),
            draining: AtomicBool::new(false),
            engine: Arc::new(Engine::new(settings.engine())),
            leaving: Arc::default(),
        }
    }

    fn add(&self, inbox: Arc<Inbox>) {
        self.inboxes.write().push(inbox);
    }

    fn remove(&self, inbox: &Arc<Inbox>) {
        self.inboxes.write().retain(|other| !Arc::ptr_eq(other, inbox));
    }

    /// Counts a socket; false when its user has too many.
    fn opened(&self, user: UserId) -> bool {
        self.metrics.open.inc();
        self.metrics.opened.inc();
        let mut users = self.users.lock();
        let open = users.entry(user).or_default();
        *open += 1;
        *open <= self.per_user.get()
    }

    fn closed(&self, user: UserId) {
        self.metrics.open.dec();
        let mut users = self.users.lock();
        if let Some(open) = users.get_mut(&user) {
            *open -= 1;
            if *open == 0 {
                users.remove(&user);
            }
        }
    }

    /// The number of open sockets.
    pub(crate) fn open(&self) -> i64 {
        self.metrics.open.get()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Tells every socket that the instance is about to stop, and ends it. Returns when all are gone or had their time.
    pub(crate) async fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.engine.drain();
        let end = Instant::now() + sweep::DRAINED + LINGER;
        while self.open() > 0 && Instant::now() < end {
            sleep(LOOK).await;
        }
        // Those that are in no room.
        self.engine.end();
        let end = Instant::now() + LINGER;
        while (self.any() || Arc::strong_count(&self.leaving) > 1) && Instant::now() < end {
            sleep(LOOK).await;
        }
    }

    /// Whether any connection of a socket is open, in a room or not.
    pub(crate) fn any(&self) -> bool {
        self.open() > 0 || self.engine.open() > 0
    }

    /// Keeps the instance from stopping for as long as this is held.
    pub(crate) fn leaving(&self) -> Arc<()> {
        Arc::clone(&self.leaving)
    }

    /// How many events wait for the worker that is furthest behind.
    fn backlog(&self) -> usize {
        let inboxes = self.inboxes.read();
        inboxes.iter().map(|inbox| inbox.length()).max().unwrap_or_default()
    }

    /// Sums up what the workers counted last.
    pub(crate) fn sum_up(&self) {
        let (queued, rooms) = self
            .inboxes
            .read()
            .iter()
            .map(|inbox| inbox.counts())
            .fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
        self.metrics.queued.set(queued);
        self.metrics.rooms.set(rooms);
    }
}

impl Mailman for Sockets {
    fn mail(&self, user: UserId) {
        for inbox in self.inboxes.read().iter() {
            inbox.mail(user);
        }
    }

    fn stock(&self, user: UserId) {
        for inbox in self.inboxes.read().iter() {
            inbox.stock(user);
        }
    }
}

impl Listener for Sockets {
    fn deliver(&self, event: Arc<Event>) {
        self.metrics.events_in.inc();
        let room = event.room;
        let delivery = Arc::new(Delivery::new(event));
        for inbox in self.inboxes.read().iter() {
            inbox.offer(&room, || Item::Event(Arc::clone(&delivery)));
        }
    }

    fn lost(&self, room: &Room, position: Position) {
        for inbox in self.inboxes.read().iter() {
            inbox.offer(room, || Item::Lost(*room, position));
        }
    }
}
