use tenon_kernel::{Member, Role, Unavailable};

use super::Rooms;
use crate::{EmitError, EventData, EventKey, EventName, NewEvent, Position, Room};

impl Rooms {
    /// Emits an event to the organization, one of its sites or units, or one of its members; takes an admin. With a key, a
    /// repetition has no further effect.
    ///
    /// # Errors
    ///
    /// As [`EmitError`] says.
    pub async fn emit(
        &self,
        member: &Member,
        room: &Room,
        name: EventName,
        data: EventData,
        once: Option<EventKey>,
    ) -> Result<Position, EmitError> {
        if member.role < Role::Admin {
            return Err(EmitError::Denied);
        }
        if !self.has_in_reach(member, room).await? {
            return Err(EmitError::UnknownRoom);
        }
        let event = self.event(Some(member), name, data);
        Ok(self.ports.broker.publish(room, &event, once).await?)
    }

    /// Tells a room what the server itself has to say. With a key, a repetition has no further effect. Whoever calls this
    /// has made sure that the room is the right one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the event may not have been published.
    pub async fn announce(
        &self,
        room: &Room,
        event: &NewEvent,
        once: Option<EventKey>,
    ) -> Result<Position, Unavailable> {
        self.ports.broker.publish(room, event, once).await
    }

    /// As for whoever listens, but a person's room is in the reach of the organizations that they are a member of.
    async fn has_in_reach(&self, member: &Member, room: &Room) -> Result<bool, Unavailable> {
        match *room {
            Room::User(user) => self.ports.directory.has_member(member.organization, user).await,
            Room::Organization(_) | Room::Site(..) | Room::Unit(..) => self.reaches(member, room).await,
        }
    }
}
