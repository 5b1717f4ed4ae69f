use std::rc::Rc;
use std::time::Duration;

use tenon_rooms::{Position, Room};
use tenon_websocket::{Close, Link};

use super::delivery::Batch;
use super::frames;
use crate::socketio::Ear;

/// Where a connection's frames go, and in which protocol.
#[derive(Clone)]
pub(crate) enum Outlet {
    /// It speaks `tenon.v1`.
    Native(Rc<Link>),
    /// It is in a namespace of Socket.IO.
    SocketIo(Rc<Ear>),
}

/// What a hub has to say beside events.
pub(crate) enum Word<'a> {
    /// History does not reach back: go on from here.
    Gap(&'a Room, Position),
    /// The room is gone.
    RoomGone(&'a Room),
    /// The instance is about to stop: come back elsewhere, after this time.
    Drain(Duration),
}

impl Outlet {
    /// Sends events, and says how many frames that were; nothing when there is no room for them.
    pub fn send(&self, batch: &Batch<'_>) -> Option<usize> {
        match self {
            Self::Native(link) => link.push(batch.native(), batch.events()).then(|| batch.events()),
            Self::SocketIo(ear) => ear.send(batch),
        }
    }

    pub fn say(&self, word: &Word<'_>) {
        match self {
            Self::Native(link) => link.reply(match word {
                Word::Gap(room, position) => frames::gap(room, *position),
                Word::RoomGone(room) => frames::gone(room),
                Word::Drain(wait) => frames::drain(*wait),
            }),
            Self::SocketIo(ear) => ear.say(word),
        }
    }

    /// The link of a socket that speaks `tenon.v1`.
    pub fn native(&self) -> Option<&Rc<Link>> {
        match self {
            Self::Native(link) => Some(link),
            Self::SocketIo(_) => None,
        }
    }

    pub fn is_open(&self) -> bool {
        match self {
            Self::Native(link) => link.is_open(),
            Self::SocketIo(ear) => ear.socket.is_open(),
        }
    }

    /// The number of frames that wait.
    pub fn queued(&self) -> usize {
        match self {
            Self::Native(link) => link.queued(),
            Self::SocketIo(ear) => ear.socket.queued(),
        }
    }

    pub fn has_drained(&self) -> bool {
        match self {
            Self::Native(link) => link.has_drained(),
            Self::SocketIo(ear) => ear.socket.has_drained(),
        }
    }

    /// Reads nothing until [`Outlet::release`]. Not to be held twice: one protocol counts, the other does not.
    pub fn hold(&self) {
        match self {
            Self::Native(link) => link.hold(),
            Self::SocketIo(ear) => ear.socket.hold(),
        }
    }

    /// Reads on.
    pub fn release(&self) {
        match self {
            Self::Native(link) => link.release(),
            Self::SocketIo(ear) => ear.socket.release(),
        }
    }

    /// Sends what waits, then ends the connection.
    pub fn close(&self, close: &Close) {
        match self {
            Self::Native(link) => link.close(close),
            Self::SocketIo(ear) => ear.close(close),
        }
    }

    /// Drops what waits and ends the connection.
    pub fn abort(&self, close: &Close) {
        match self {
            Self::Native(link) => link.abort(close),
            Self::SocketIo(ear) => ear.abort(close),
        }
    }
}
