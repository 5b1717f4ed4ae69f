use tenon_kernel::{Member, Unavailable};

use super::Rooms;
use crate::{Attendance, ConnectionId, Position, Room, SubscribeError};

impl Rooms {
    /// Has the room delivered to this instance's listener, for one more of its connections, and says where the room is.
    /// Each success is undone by one [`Rooms::unsubscribe`]. See [`Broker::join`](crate::Broker::join) for the order in which to do things.
    ///
    /// # Errors
    ///
    /// As [`SubscribeError`] says.
    pub async fn subscribe(&self, member: &Member, room: &Room) -> Result<Position, SubscribeError> {
        if !self.reaches(&member.principal(), room).await? {
            return Err(SubscribeError::UnknownRoom);
        }
        let position = self.ports.broker.join(room).await?;
        // What is deleted from here on is told. Of what was deleted before, nothing is.
        match self.exists(room).await {
            Ok(true) => Ok(position),
            Ok(false) => {
                self.unsubscribe(room);
                Err(SubscribeError::UnknownRoom)
            }
            Err(error) => {
                self.unsubscribe(room);
                Err(error.into())
            }
        }
    }

    /// Undoes one [`Rooms::subscribe`]. Returns at once.
    pub fn unsubscribe(&self, room: &Room) {
        self.ports.broker.leave(room);
    }

    /// Enters a connection of the member, which has subscribed to the room, among those who are present; says whether it is
    /// their first one there.
    ///
    /// # Errors
    ///
    /// [`SubscribeError::Unavailable`] when whoever is first cannot be told; the connection is entered later then.
    pub async fn enter(
        &self,
        member: &Member,
        room: &Room,
        connection: ConnectionId,
    ) -> Result<(Attendance, bool), SubscribeError> {
        if !room.is_open_to(&member.principal()) {
            return Err(SubscribeError::UnknownRoom);
        }
        let attendance = Attendance {
            room: *room,
            user: member.user,
            connection,
            since: self.ports.clock.now(),
        };
        let first = self.ports.presences.enter(&attendance).await?;
        Ok((attendance, first))
    }

    /// Takes a connection from among those who are present; says whether it was its user's last one there.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when that cannot be told; the connection is taken out later then.
    pub async fn exit(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        self.ports.presences.leave(attendance).await
    }
}
