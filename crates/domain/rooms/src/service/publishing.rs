use tenon_kernel::{Member, Role};

use super::Rooms;
use crate::{EventData, EventName, NewEvent, Position, PublishError, Room};

impl Rooms {
    /// Publishes an event to a room of the member's organization; viewers may not, and a person's room is closed to all.
    ///
    /// # Errors
    ///
    /// As [`PublishError`] says.
    pub async fn publish(
        &self,
        member: &Member,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<Position, PublishError> {
        let event = self.compose(member, room, name, data).await?;
        Ok(self.announce(room, &event, None).await?)
    }

    /// An event as the member may publish it in this room, which [`Rooms::announce`] does: whoever has several to publish
    /// sees here to what they may do, and there to the order.
    ///
    /// # Errors
    ///
    /// As [`PublishError`] says.
    pub async fn compose(
        &self,
        member: &Member,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<NewEvent, PublishError> {
        if member.role < Role::Member {
            return Err(PublishError::ReadOnly);
        }
        if matches!(room, Room::User(_)) {
            return Err(PublishError::Private);
        }
        if !self.reaches(&member.principal(), room).await? {
            return Err(PublishError::UnknownRoom);
        }
        Ok(self.event(&member.principal(), name, data))
    }
}
