use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{rt, web};
use slab::Slab;
use tenon_accounts::Claims;
use tenon_kernel::{Id, Member, UserId};
use tenon_messages::DeviceId;
use tenon_rooms::{Attendance, Room, SubscribeError};
use tenon_websocket::Link;
use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Sockets;
use super::connection::Connection;
use super::fanout::Gathering;
use super::inbox::Inbox;
use super::outlet::{Outlet, Word};
use super::presence::Watched;
use super::room::{Members, Membership, Pace};
use super::session::Session;
use crate::Api;

/// What follows an event so soon goes out together with it.
const GATHER: Duration = Duration::from_millis(1);

/// How often the hub looks after its sockets.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// How long a room that is joined by itself waits for the client to say where it wants to resume.
const PARKED: Duration = Duration::from_secs(1);

/// The sockets of one worker and the rooms that they are in. Everything here belongs to the worker's thread.
pub(crate) struct Hub {
    pub(crate) api: web::Data<Api>,
    pub(crate) sockets: Arc<Sockets>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) rooms: RefCell<HashMap<Room, Rc<Members>>>,
    pub(super) connections: RefCell<Slab<Rc<Connection>>>,
    pub(super) parked: RefCell<Vec<(Instant, Rc<Membership>)>>,
    pub(super) watched: RefCell<HashMap<Room, Rc<Watched>>>,
    pub(super) departed: RefCell<Vec<Attendance>>,
    /// The sockets of each user that has some here.
    pub(super) mailboxes: RefCell<HashMap<UserId, Vec<Rc<Connection>>>>,
    /// Mailboxes are being looked at.
    pub(super) looking: Cell<bool>,
    pub(super) ticks: Cell<u32>,
    /// Sockets that published faster than events are delivered.
    pub(super) restrained: RefCell<Vec<Rc<Connection>>>,
    /// Since the tick at which the instance began to stop.
    pub(super) draining: Cell<Option<u32>>,
}

impl Hub {
    /// A hub that works as long as its thread.
    pub(super) fn start(api: &web::Data<Api>) -> Rc<Self> {
        let inbox = Arc::new(Inbox::default());
        api.sockets.add(Arc::clone(&inbox));
        let hub = Rc::new(Self {
            api: api.clone(),
            sockets: Arc::clone(&api.sockets),
            inbox,
            rooms: RefCell::default(),
            connections: RefCell::default(),
            parked: RefCell::default(),
            watched: RefCell::default(),
            departed: RefCell::default(),
            mailboxes: RefCell::default(),
            looking: Cell::new(false),
            ticks: Cell::new(0),
            restrained: RefCell::default(),
            draining: Cell::new(None),
        });
        rt::spawn(Rc::clone(&hub).deliver());
        rt::spawn(Rc::clone(&hub).look_after());
        hub
    }

    /// The first event after a pause goes out at once, and what comes in the millisecond after it together. Between two turns
    /// every socket that was given something has its own.
    async fn deliver(self: Rc<Self>) {
        let mut gathering = Gathering::default();
        let mut items = Vec::new();
        loop {
            if self.restrained.borrow().is_empty() {
                self.inbox.take(&mut items).await;
            } else if timeout(GATHER, self.inbox.take(&mut items)).await.is_err() {
                self.relieve();
                continue;
            }
            gathering.distribute(&self, &mut items).await;
            self.relieve();
            if self.inbox.length() == 0 {
                sleep(GATHER).await;
            } else {
                yield_now().await;
            }
        }
    }

    async fn look_after(self: Rc<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.ticks.set(self.ticks.get().wrapping_add(1));
            self.tick();
        }
    }

    /// A new socket; it says nothing before it is welcomed.
    pub(super) fn open(self: &Rc<Self>, link: &Rc<Link>, claims: Claims, member: Member, device: DeviceId) -> Session {
        let outlet = Outlet::Native(Rc::clone(link));
        let (connection, key, within) = self.enter(outlet, claims, member, device);
        link.hold();
        let session = Session::new(Rc::clone(self), connection, Rc::clone(link), key);
        if within {
            rt::spawn(session.welcome());
        } else {
            session.refuse_another();
        }
        session
    }

    /// Takes a connection in, and says whether its user has not too many. It must be closed.
    pub(crate) fn enter(
        &self,
        outlet: Outlet,
        claims: Claims,
        member: Member,
        device: DeviceId,
    ) -> (Rc<Connection>, usize, bool) {
        let id = Id::at(self.api.clock.now());
        let connection = Connection::new(id, member, claims, device, outlet);
        let key = self.connections.borrow_mut().insert(Rc::clone(&connection));
        let within = self.sockets.opened(member.user);
        (connection, key, within)
    }

    /// Enters a room, with nothing to hear yet.
    pub(crate) async fn join(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        room: Room,
    ) -> Result<Rc<Membership>, SubscribeError> {
        let membership = Membership::new(room, Rc::clone(connection));
        let members = {
            let mut rooms = self.rooms.borrow_mut();
            Rc::clone(rooms.entry(room).or_insert_with(|| {
                self.inbox.listen(room);
                Rc::default()
            }))
        };
        members.add(Rc::clone(&membership));
        connection.rooms.borrow_mut().push(Rc::clone(&membership));
        let joined = self.api.rooms.subscribe(&connection.member.get(), &room).await;
        match joined {
            Ok(position) if membership.left.get() => {
                self.api.rooms.unsubscribe(&room);
                membership.cursor.set(Some(position));
            }
            Ok(position) => {
                membership.joined.set(true);
                membership.cursor.set(Some(position));
            }
            Err(error) => {
                self.leave(&membership);
                return Err(error);
            }
        }
        Ok(membership)
    }

    /// Leaves a room. Takes no time, so that it can be done when a connection is dropped.
    pub(super) fn leave(&self, membership: &Rc<Membership>) {
        if membership.left.replace(true) {
            return;
        }
        let room = membership.room;
        let mut rooms = self.rooms.borrow_mut();
        if rooms.get(&room).is_some_and(|members| members.remove(membership)) {
            rooms.remove(&room);
            self.inbox.ignore(&room);
        }
        drop(rooms);
        if membership.joined.replace(false) {
            self.api.rooms.unsubscribe(&room);
        }
        if let Some(attendance) = membership.attendance.take() {
            self.departed.borrow_mut().push(attendance);
        }
        let mut own = membership.connection.rooms.borrow_mut();
        own.retain(|other| !Rc::ptr_eq(other, membership));
    }

    /// Tells that a room is gone, and leaves it.
    pub(super) fn let_go(&self, membership: &Rc<Membership>) {
        if !membership.left.get() {
            membership.outlet.say(&Word::RoomGone(&membership.room));
            self.leave(membership);
        }
    }

    /// Lets the client say first where it wants to resume.
    pub(super) fn park(&self, membership: Rc<Membership>) {
        membership.pace.set(Pace::Parked);
        self.parked.borrow_mut().push((Instant::now() + PARKED, membership));
    }

    /// Begins, or goes on, to send a room's events.
    pub(super) fn unpark(self: &Rc<Self>, membership: &Rc<Membership>) {
        if membership.pace.get() == Pace::Parked {
            self.go_on(membership);
        }
    }

    /// Sends events as they come, after what was missed of them.
    pub(crate) fn go_on(self: &Rc<Self>, membership: &Rc<Membership>) {
        if membership.missed() {
            membership.pace.set(Pace::Behind);
            self.catch_up(membership);
        } else if membership.over.get() {
            self.let_go(membership);
        } else {
            membership.pace.set(Pace::Live);
        }
    }

    /// The socket is gone.
    pub(crate) fn close(&self, connection: &Rc<Connection>, key: usize) {
        connection.gone.set(true);
        let rooms = connection.rooms.borrow().clone();
        for membership in &rooms {
            self.leave(membership);
        }
        self.close_mail(connection);
        let removed = self.connections.borrow_mut().try_remove(key);
        if removed.is_some() {
            self.sockets.closed(connection.member.get().user);
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.sockets.remove(&self.inbox);
    }
}
