use std::sync::Arc;

use tenon_kernel::{Limit, Principal};

use super::Rooms;
use crate::{Event, Position, Present, ReadRoomError, Replay, Room};

/// A part of a room's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Where the room is by now.
    pub position: Position,
    /// Whether some events after the position that was asked for are gone for good; then there are none here.
    pub gap: bool,
    /// In order. More follow after the last one until the room's position.
    pub events: Vec<Arc<Event>>,
}

impl Rooms {
    /// What happened in the room after a position: all of it, or a gap.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn replay(&self, by: &Principal, room: &Room, since: Position) -> Result<Replay, ReadRoomError> {
        self.readable(by, room).await?;
        Ok(self.ports.broker.since(room, since).await?)
    }

    /// The first events after a position, or the latest ones.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn history(
        &self,
        by: &Principal,
        room: &Room,
        since: Option<Position>,
        most: Limit,
    ) -> Result<Past, ReadRoomError> {
        self.readable(by, room).await?;
        let broker = &self.ports.broker;
        let mut events = match since {
            None => broker.latest(room, most).await?,
            Some(since) => match broker.since(room, since).await? {
                Replay::Events(events) => events,
                Replay::Gap(position) => {
                    return Ok(Past {
                        position,
                        gap: true,
                        events: Vec::new(),
                    });
                }
            },
        };
        events.truncate(most.get());
        Ok(Past {
            position: broker.position(room).await?,
            gap: false,
            events,
        })
    }

    /// Who is in the room.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn present(&self, by: &Principal, room: &Room) -> Result<Vec<Present>, ReadRoomError> {
        self.readable(by, room).await?;
        Ok(self.ports.presences.list(room).await?)
    }

    /// Whether whoever acts reads the room.
    ///
    /// # Errors
    ///
    /// As [`ReadRoomError`] says.
    pub async fn readable(&self, by: &Principal, room: &Room) -> Result<(), ReadRoomError> {
        if self.reaches(by, room).await? {
            Ok(())
        } else {
            Err(ReadRoomError::UnknownRoom)
        }
    }
}
