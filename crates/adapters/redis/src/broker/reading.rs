use redis::Value;
use tenon_rooms::{Epoch, Event, Offset, Position, Room};

use super::wire;

/// What the server has of a room.
pub struct Reading {
    /// Where the room is.
    pub position: Position,
    /// What came after the position that was asked for, the first of it. What is no entry of ours is nothing.
    pub entries: Vec<Option<(Offset, String)>>,
}

impl Reading {
    /// Reads `[epoch, offset, [[id, [field, event]], ..]]`.
    pub fn parse(value: Value) -> Option<Self> {
        let [epoch, offset, entries] = array(value)?;
        let position = Position {
            epoch: Epoch::parse(&text(epoch)?).ok()?,
            offset: Offset::new(text(offset)?.parse().ok()?),
        };
        let Value::Array(entries) = entries else { return None };
        Some(Self {
            position,
            entries: entries.into_iter().map(entry).collect(),
        })
    }

    /// The events, in order; nothing for those that cannot be read.
    pub fn events(self, room: &Room) -> impl Iterator<Item = Option<Event>> {
        let epoch = self.position.epoch;
        self.entries.into_iter().map(move |entry| {
            let (offset, text) = entry?;
            wire::event(room, Position { epoch, offset }, &text)
        })
    }
}

fn entry(value: Value) -> Option<(Offset, String)> {
    let [id, fields] = array(value)?;
    let [_, event] = array(fields)?;
    let id = text(id)?;
    let (offset, _) = id.split_once('-')?;
    Some((Offset::new(offset.parse().ok()?), text(event)?))
}

fn array<const N: usize>(value: Value) -> Option<[Value; N]> {
    match value {
        Value::Array(values) => values.try_into().ok(),
        _ => None,
    }
}

pub fn text(value: Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}
