//! What each frame of a client does.

use tenon_rooms::{EventData, EventName, Position, Room};

use super::frames;
use super::refusal::{NOT_THERE, Refusal};
use super::requests::FrameId;
use super::session::Session;

impl Session {
    pub(super) async fn subscribe(
        &self,
        id: Option<&FrameId>,
        room: Room,
        resume: Option<Position>,
    ) -> Result<(), Refusal> {
        let (membership, here) = self.hub.admit(&self.connection, room).await?;
        self.link.reply(frames::ok_at(id, &room, here));
        self.hub.begin(&membership, here, resume);
        Ok(())
    }

    pub(super) fn unsubscribe(&self, id: Option<&FrameId>, room: &Room) -> Result<(), Refusal> {
        self.hub.expel(&self.connection, room)?;
        self.link.reply(frames::ok_room(id, room));
        Ok(())
    }

    pub(super) async fn publish(
        &self,
        id: Option<&FrameId>,
        place: u64,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<(), Refusal> {
        let position = self.hub.publish(&self.connection, place, room, name, data).await?;
        if self.connection.line.length() > 1 {
            self.link.gather();
        }
        self.link.reply(frames::ok_at(id, room, position));
        Ok(())
    }

    /// Tells who is in the room, and from then on who comes and goes.
    pub(super) async fn presence(&self, id: Option<&FrameId>, room: &Room) -> Result<(), Refusal> {
        let membership = self.connection.membership(room).ok_or(NOT_THERE)?;
        let present = self
            .hub
            .api
            .rooms
            .present(&self.connection.member.get().principal(), room)
            .await?;
        self.link.reply(frames::ok_present(id, room, &present));
        self.hub.watch(&membership, &present);
        Ok(())
    }

    pub(super) fn auth(&self, id: Option<&FrameId>, token: &str) -> Result<(), Refusal> {
        let until = self.hub.renew(&self.connection, token)?;
        self.link.reply(frames::ok_until(id, until));
        Ok(())
    }
}
