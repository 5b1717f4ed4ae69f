use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use tenon_rooms::{Event, Position, Room};
use tenon_socketio::Packets;

use super::frames;
use crate::socketio::packets;

/// What an event adds to its data when it is written out, about.
const AROUND: usize = 320;

/// An event, written out once for all sockets of the instance, in each protocol that one of them speaks.
pub(crate) struct Delivery {
    pub event: Arc<Event>,
    native: OnceLock<Bytes>,
    rooms: OnceLock<Packets>,
    activities: OnceLock<Option<Packets>>,
}

impl Delivery {
    pub fn new(event: Arc<Event>) -> Self {
        Self {
            event,
            native: OnceLock::new(),
            rooms: OnceLock::new(),
            activities: OnceLock::new(),
        }
    }

    /// How many bytes a frame of it has, about.
    pub fn size(&self) -> usize {
        self.event.data.as_str().len() + AROUND
    }

    fn native(&self) -> &Bytes {
        self.native.get_or_init(|| frames::event(&self.event))
    }

    fn rooms(&self) -> &Packets {
        self.rooms.get_or_init(|| packets::event(&self.event))
    }

    fn activities(&self) -> Option<&Packets> {
        self.activities.get_or_init(|| packets::activity(&self.event)).as_ref()
    }
}

/// Events that follow one another, put together once for all sockets of the worker.
pub(crate) struct Batch<'a> {
    deliveries: &'a [Arc<Delivery>],
    room: Room,
    pub first: Position,
    pub last: Position,
    /// There is no such room after it.
    pub ends_room: bool,
    native: OnceCell<Bytes>,
    rooms: OnceCell<Packets>,
    activities: OnceCell<Option<Packets>>,
}

impl<'a> Batch<'a> {
    /// Nothing for no events.
    pub fn of(deliveries: &'a [Arc<Delivery>]) -> Option<Self> {
        Some(Self {
            room: deliveries.first()?.event.room,
            first: deliveries.first()?.event.position,
            last: deliveries.last()?.event.position,
            ends_room: deliveries.iter().any(|delivery| delivery.event.ends_room()),
            deliveries,
            native: OnceCell::new(),
            rooms: OnceCell::new(),
            activities: OnceCell::new(),
        })
    }

    /// Where they happened.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// How many events there are.
    pub fn events(&self) -> usize {
        self.deliveries.len()
    }

    /// As frames of `tenon.v1`.
    pub fn native(&self) -> &Bytes {
        self.native.get_or_init(|| match self.deliveries {
            [only] => only.native().clone(),
            several => {
                let frames = several.iter().map(|delivery| delivery.native());
                let mut bytes = BytesMut::with_capacity(frames.clone().map(Bytes::len).sum());
                frames.for_each(|frame| bytes.extend_from_slice(frame));
                bytes.freeze()
            }
        })
    }

    /// As Socket.IO's packets under the events' own names.
    pub fn rooms(&self) -> &Packets {
        self.rooms.get_or_init(|| match self.deliveries {
            [only] => only.rooms().clone(),
            several => Packets::join(several.iter().map(|delivery| delivery.rooms())),
        })
    }

    /// As Socket.IO's packets of the feed, which tell of activities and of nothing else.
    pub fn activities(&self) -> Option<&Packets> {
        let joined = self.activities.get_or_init(|| {
            let mut told = self
                .deliveries
                .iter()
                .filter_map(|delivery| delivery.activities())
                .peekable();
            told.peek().is_some().then(|| Packets::join(told))
        });
        joined.as_ref()
    }
}
