use tenon_kernel::Member;

use super::Rooms;
use crate::{Position, Present, ReadRoomError, Replay, Room};

impl Rooms {
    /// What happened in the room after a position: all of it, or a gap.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn replay(&self, member: &Member, room: &Room, since: Position) -> Result<Replay, ReadRoomError> {
        self.readable(member, room).await?;
        Ok(self.ports.broker.since(room, since).await?)
    }

    /// Who is in the room.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn present(&self, member: &Member, room: &Room) -> Result<Vec<Present>, ReadRoomError> {
        self.readable(member, room).await?;
        Ok(self.ports.presences.list(room).await?)
    }

    async fn readable(&self, member: &Member, room: &Room) -> Result<(), ReadRoomError> {
        if self.reaches(member, room).await? {
            Ok(())
        } else {
            Err(ReadRoomError::UnknownRoom)
        }
    }
}
