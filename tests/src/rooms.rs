//! Brokers and presences in process and over Redis, what they need, and a listener that writes down what it hears.

mod ear;
mod instance;

pub use ear::{Ear, Heard};
pub use instance::{Instance, Kind};

use tenon_kernel::{Id, OrganizationId};
use tenon_rooms::{Attendance, ConnectionId, EventData, EventKey, EventName, NewEvent, Room};

use crate::accounts::bytes;
use crate::clock::moment;

/// A room that no other test has.
pub fn room() -> Room {
    Room::Organization(organization())
}

pub fn organization() -> OrganizationId {
    Id::at(moment())
}

/// Rooms of all kinds, each once.
pub fn rooms() -> [Room; 4] {
    let organization = organization();
    [
        Room::Organization(organization),
        Room::Site(organization, Id::at(moment())),
        Room::Unit(organization, Id::at(moment())),
        Room::User(Id::at(moment())),
    ]
}

/// An event that says its number.
pub fn event(number: u64) -> NewEvent {
    NewEvent {
        name: EventName::parse("pump.started").unwrap(),
        data: EventData::parse(&number.to_string()).unwrap(),
        at: moment(),
        from: number.is_multiple_of(2).then(|| Id::at(moment())),
    }
}

/// A key that no other event has.
pub fn key() -> EventKey {
    let (mut key, source) = ([0; 16], bytes());
    key.copy_from_slice(&source[..16]);
    EventKey(key)
}

/// Another connection of somebody who was not there before.
pub fn attendance(room: Room) -> Attendance {
    let now = moment();
    Attendance {
        room,
        user: Id::at(now),
        connection: Id::at(now),
        since: now,
    }
}

/// Another connection of the same person.
pub fn beside(attendance: &Attendance) -> Attendance {
    let connection: ConnectionId = Id::at(moment());
    Attendance {
        connection,
        since: moment(),
        ..*attendance
    }
}
