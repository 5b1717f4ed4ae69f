mod data;
mod name;

pub use data::EventData;
pub use name::EventName;
use tenon_kernel::{Timestamp, UserId};

use crate::{Position, Room};

/// What is about to happen in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened.
    pub name: EventName,
    /// What there is to say about it.
    pub data: EventData,
    /// When.
    pub at: Timestamp,
    /// Who did it; nobody when it was the server.
    pub from: Option<UserId>,
}

/// What happened in a room, as everybody in it hears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where.
    pub room: Room,
    /// Its place in the room's sequence.
    pub position: Position,
    /// What happened.
    pub name: EventName,
    /// What there is to say about it.
    pub data: EventData,
    /// When.
    pub at: Timestamp,
    /// Who did it; nobody when it was the server.
    pub from: Option<UserId>,
}

impl Event {
    /// Whether the site or unit whose room it happened in was deleted with it: there is no such room from then on. Nobody but the
    /// server publishes an event of that name.
    pub fn ends_room(&self) -> bool {
        match self.room {
            Room::Site(..) => self.name.as_str() == "site.deleted",
            Room::Unit(..) => self.name.as_str() == "unit.deleted",
            Room::Organization(_) | Room::User(_) => false,
        }
    }
}

/// Identifies an event that whoever publishes it may publish again, not knowing whether the first time succeeded. The
/// same key may be used in several rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKey(pub [u8; 16]);
