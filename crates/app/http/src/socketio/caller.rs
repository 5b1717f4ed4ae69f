use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tenon_rooms::{Position, Room};
use tenon_socketio::{Handler, Incoming, Reason};

use super::ear::{Ear, Feed};
use super::recovery;
use super::requests;
use super::voice::Voice;
use super::{packets, replies};
use crate::socket::{Connection, Hub, Membership, Word, codes};

/// A client in a namespace of rooms, until it goes.
pub(super) struct Caller {
    voice: Voice,
    key: usize,
    beginnings: RefCell<Vec<Beginning>>,
    /// Rooms that the client was in before and that are gone.
    gone: RefCell<Vec<Room>>,
    pid: RefCell<String>,
    /// The client may come back and go on.
    recoverable: Cell<bool>,
}

/// A room that was joined, and where the client was before if it was there.
pub(super) struct Beginning {
    pub membership: Rc<Membership>,
    pub since: Option<Position>,
}

impl Caller {
    /// Goes out of the hub when it is dropped.
    pub fn new(hub: Rc<Hub>, connection: Rc<Connection>, ear: Rc<Ear>, key: usize) -> Self {
        Self {
            voice: Voice { hub, connection, ear },
            key,
            beginnings: RefCell::default(),
            gone: RefCell::default(),
            pid: RefCell::default(),
            recoverable: Cell::new(false),
        }
    }

    pub fn connection(&self) -> &Rc<Connection> {
        &self.voice.connection
    }

    /// Begins with these rooms when the client is welcomed. What it is recovered by is kept under `pid`.
    pub fn begin(&self, rooms: Vec<Beginning>, gone: Vec<Room>, pid: &str) {
        for Beginning { membership, since } in &rooms {
            if let Some(position) = since.or(membership.cursor.get()) {
                self.voice.ear.trail.borrow_mut().enter(membership.room, position);
            }
        }
        self.beginnings.replace(rooms);
        self.gone.replace(gone);
        self.pid.replace(pid.to_owned());
    }
}

impl Handler for Caller {
    fn welcomed(&self) {
        let Voice { hub, connection, ear } = &self.voice;
        let beginnings = self.beginnings.take();
        if beginnings.iter().all(|beginning| beginning.since.is_none()) {
            let here = |beginning: &Beginning| Some((beginning.membership.room, beginning.membership.cursor.get()?));
            let rooms: Vec<_> = beginnings.iter().filter_map(here).collect();
            let member = connection.member.get();
            ear.socket
                .reply(&packets::welcome(ear.socket.namespace(), &member, &rooms));
        }
        for room in &self.gone.take() {
            ear.say(&Word::RoomGone(room));
        }
        for Beginning { membership, since } in &beginnings {
            match since {
                Some(position) => hub.rewind(membership, *position),
                None => hub.go_on(membership),
            }
        }
    }

    fn event(&self, incoming: Incoming) {
        let Voice { hub, connection, ear } = &self.voice;
        hub.sockets.metrics.frames_in.inc();
        match requests::read(&incoming, connection.member.get().organization, ear.feed) {
            Ok(request) => {
                let answer = self.voice.clone().answer(incoming.name, incoming.ack, request);
                hub.follow(connection, answer);
            }
            Err(invalid) => {
                let (refused, ear) = (Rc::clone(connection), Rc::clone(ear));
                hub.in_turn(connection, move || {
                    replies::refused(
                        &ear.socket,
                        &incoming.name,
                        incoming.ack,
                        invalid.code,
                        &invalid.message,
                    );
                    refused.refuse();
                });
            }
        }
    }

    fn drained(&self) {
        self.voice.hub.resume(&self.voice.connection);
    }

    fn ponged(&self) {
        self.voice.ear.trail.borrow_mut().confirmed();
    }

    fn flooded(&self) {
        let Voice { hub, connection, .. } = &self.voice;
        hub.end(connection, &codes::too_many_frames(), false);
    }

    fn disconnected(&self, reason: Reason) {
        self.recoverable.set(reason.is_recoverable());
        let metrics = &self.voice.hub.sockets.metrics;
        match reason {
            Reason::Stalled => {
                metrics.slow.inc();
                metrics.closed(codes::TOO_SLOW);
            }
            Reason::Silent => metrics.closed(codes::NO_PONG),
            Reason::Violation => metrics.closed(codes::PROTOCOL),
            // The hub has counted what it ended.
            Reason::Left | Reason::Ended | Reason::Departed | Reason::Dismissed => {}
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let Voice { hub, connection, ear } = &self.voice;
        if self.recoverable.get() && ear.feed == Feed::Rooms {
            let user = connection.member.get().user;
            recovery::keep(hub, user, &self.pid.borrow(), &ear.trail.borrow());
        }
        hub.close(connection, self.key);
    }
}
