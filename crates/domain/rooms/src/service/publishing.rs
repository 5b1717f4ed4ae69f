use tenon_kernel::{Member, Role};

use super::Rooms;
use crate::{EventData, EventName, Position, PublishError, Room};

impl Rooms {
    /// Publishes an event to a room of the member's organization; viewers may not, and a person's room is closed to all.
    ///
    /// `admitted` is called once the member may, right before the event takes its place: what the same caller publishes from
    /// then on comes after it, also while this one is under way.
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
        admitted: impl FnOnce(),
    ) -> Result<Position, PublishError> {
        if member.role < Role::Member {
            return Err(PublishError::ReadOnly);
        }
        if matches!(room, Room::User(_)) {
            return Err(PublishError::Private);
        }
        if !self.reaches(&member.principal(), room).await? {
            return Err(PublishError::UnknownRoom);
        }
        let event = self.event(&member.principal(), name, data);
        admitted();
        Ok(self.announce(room, &event, None).await?)
    }
}
