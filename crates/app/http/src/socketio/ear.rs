use std::cell::RefCell;
use std::rc::Rc;

use tenon_socketio::Socket;
use tenon_websocket::Close;

use super::packets;
use super::trail::Trail;
use crate::socket::{Batch, Word};

/// What a client of Socket.IO hears of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feed {
    /// Events of its rooms, under their names.
    Rooms,
    /// Activities of its organization.
    Activities,
}

/// A client in a namespace, as the hub speaks to it.
pub(crate) struct Ear {
    pub socket: Rc<Socket>,
    pub(super) feed: Feed,
    pub(super) trail: RefCell<Trail>,
}

impl Ear {
    pub fn new(socket: Rc<Socket>, feed: Feed) -> Rc<Self> {
        Rc::new(Self {
            socket,
            feed,
            trail: RefCell::default(),
        })
    }

    /// Sends events, and says how many packets that were; nothing when there is no room for them.
    pub fn send(&self, batch: &Batch<'_>) -> Option<usize> {
        match self.feed {
            Feed::Rooms => {
                if !self.socket.push(batch.rooms()) {
                    return None;
                }
                let mut trail = self.trail.borrow_mut();
                trail.went(batch.room(), batch.first, batch.last.offset);
                Some(batch.events())
            }
            Feed::Activities => match batch.activities() {
                Some(activities) => self.socket.push(activities).then(|| activities.count()),
                None => Some(0),
            },
        }
    }

    pub fn say(&self, word: &Word<'_>) {
        let namespace = self.socket.namespace();
        self.socket.reply(&match word {
            Word::Gap(room, position) => {
                if self.feed == Feed::Rooms {
                    self.trail.borrow_mut().went(room, *position, position.offset);
                }
                packets::gap(namespace, room, *position)
            }
            Word::RoomGone(room) => packets::gone(namespace, room),
            Word::Drain(wait) => packets::drain(namespace, *wait),
        });
    }

    /// Says why, sends what waits, and ends the connection.
    pub fn close(&self, close: &Close) {
        packets::end(&self.socket, close);
    }

    /// Drops what waits and ends the connection.
    pub fn abort(&self, close: &Close) {
        self.socket.abort(close);
    }
}
