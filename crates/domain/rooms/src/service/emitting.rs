use tenon_kernel::{Answered, Created, Once, OnceKey, OrganizationId, Principal, Role, Unavailable};

use super::Rooms;
use crate::{EmitError, EventData, EventKey, EventName, NewEvent, Position, Room};

impl Rooms {
    /// Emits an event to the organization, one of its sites or units, or one of its members; takes an admin.
    ///
    /// A repetition has no further effect as long as the room's history keeps the event, and is answered as the first time
    /// as long as answers are kept.
    ///
    /// # Errors
    ///
    /// As [`EmitError`] says.
    pub async fn emit(
        &self,
        by: &Principal,
        organization: OrganizationId,
        room: &Room,
        (name, data): (EventName, EventData),
        once: Once<'_, Position>,
    ) -> Result<Created<Position>, EmitError> {
        if by.organization != organization {
            return Err(EmitError::UnknownOrganization);
        }
        if by.role < Role::Admin {
            return Err(EmitError::Denied);
        }
        if !self.has_in_reach(by, room).await? {
            return Err(EmitError::UnknownRoom);
        }
        let event = self.event(by, name, data);
        if let Some(key) = once.key() {
            match self.ports.answers.claim(key, event.at).await? {
                Answered::Never => {}
                Answered::With(answer) => return Ok(Created::Before(answer)),
                Answered::Otherwise => return Err(EmitError::KeyReused),
            }
        }
        let position = self
            .ports
            .broker
            .publish(room, &event, once.key().map(event_key))
            .await?;
        if let Some(remembered) = once.remember(&position, event.at)? {
            self.ports.answers.keep(&remembered).await?;
        }
        Ok(Created::Now(position))
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
    async fn has_in_reach(&self, by: &Principal, room: &Room) -> Result<bool, Unavailable> {
        match *room {
            Room::User(user) => self.ports.directory.has_member(by.organization, user).await,
            Room::Organization(_) | Room::Site(..) | Room::Unit(..) => self.reaches(by, room).await,
        }
    }
}

/// Of the request and its body: a repetition gives the same key, and another body another one.
fn event_key(key: &OnceKey) -> EventKey {
    let mut bytes = [0; 16];
    let both = key.scope.iter().zip(&key.fingerprint);
    for (byte, (scope, fingerprint)) in bytes.iter_mut().zip(both) {
        *byte = scope ^ fingerprint;
    }
    EventKey(bytes)
}
