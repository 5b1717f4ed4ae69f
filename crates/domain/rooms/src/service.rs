mod announcing;
mod emitting;
mod feed;
mod publishing;
mod reading;
mod subscribing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use announcing::{Announcer, Rendering};
pub use feed::Feed;
pub use reading::Past;

use tenon_kernel::{Answers, Clock, Principal, Unavailable};

use crate::{Broker, Directory, EventData, EventName, NewEvent, Presences, Room};

/// What [`Rooms`] needs.
#[derive(Clone)]
pub struct RoomsPorts {
    pub broker: Arc<dyn Broker>,
    pub presences: Arc<dyn Presences>,
    pub directory: Arc<dyn Directory>,
    pub answers: Arc<dyn Answers>,
    pub clock: Arc<dyn Clock>,
}

/// Says who hears what, and who may say it.
///
/// A room that is another tenant's or another person's is answered as one that does not exist.
#[derive(Clone)]
pub struct Rooms {
    ports: RoomsPorts,
}

impl Rooms {
    /// A service over these ports.
    pub fn new(ports: RoomsPorts) -> Self {
        Self { ports }
    }

    /// Whether whoever acts reaches the room, and it exists.
    async fn reaches(&self, by: &Principal, room: &Room) -> Result<bool, Unavailable> {
        if !room.is_open_to(by) {
            return Ok(false);
        }
        self.exists(room).await
    }

    /// Whether there is such a site or unit. An organization and a person that a valid token names do exist.
    async fn exists(&self, room: &Room) -> Result<bool, Unavailable> {
        match *room {
            Room::Site(organization, site) => self.ports.directory.has_site(organization, site).await,
            Room::Unit(organization, unit) => self.ports.directory.has_unit(organization, unit).await,
            Room::Organization(_) | Room::User(_) => Ok(true),
        }
    }

    fn event(&self, by: &Principal, name: EventName, data: EventData) -> NewEvent {
        NewEvent {
            name,
            data,
            at: self.ports.clock.now(),
            from: Some(by.user),
        }
    }
}
