//! How events travel and are kept: `at from name data`, separated by one space; `at` in microseconds since 1970, `from` a
//! user or `-`. In front of it, where it is spread: `epoch offset`.

use std::fmt::Write as _;

use tenon_kernel::Timestamp;
use tenon_rooms::{Epoch, Event, EventData, EventName, NewEvent, Offset, Position, Room};

const PREFIX: &str = "tenon:{";
const CHANNEL: &str = "}:live";

/// A key of the room's. What is in braces decides where a cluster keeps it, so that all of a room is in one place.
pub fn key(room: &Room, what: &str) -> String {
    format!("{PREFIX}{room}}}:{what}")
}

pub fn channel(room: &Room) -> String {
    format!("{PREFIX}{room}{CHANNEL}")
}

pub fn room(channel: &str) -> Option<Room> {
    let name = channel.strip_prefix(PREFIX)?.strip_suffix(CHANNEL)?;
    Room::parse(name).ok()
}

pub fn write(event: &NewEvent) -> String {
    let mut text = String::with_capacity(event.data.as_str().len() + 128);
    // Writing to a string cannot fail.
    let _ = match event.from {
        Some(user) => write!(text, "{} {user} ", event.at.as_micros()),
        None => write!(text, "{} - ", event.at.as_micros()),
    };
    text.push_str(event.name.as_str());
    text.push(' ');
    text.push_str(event.data.as_str());
    text
}

pub fn position(text: &str) -> Option<Position> {
    let (epoch, offset) = text.split_once(' ')?;
    Some(Position {
        epoch: Epoch::parse(epoch).ok()?,
        offset: Offset::new(offset.parse().ok()?),
    })
}

/// The position that a message speaks of, and the event.
pub fn message(text: &str) -> Option<(Position, &str)> {
    let end = text.match_indices(' ').nth(1)?.0;
    let (head, event) = text.split_at_checked(end)?;
    Some((position(head)?, event.strip_prefix(' ')?))
}

pub fn event(room: &Room, position: Position, text: &str) -> Option<Event> {
    let mut parts = text.splitn(4, ' ');
    let at = Timestamp::from_micros(parts.next()?.parse().ok()?);
    let from = match parts.next()? {
        "-" => None,
        user => Some(user.parse().ok()?),
    };
    Some(Event {
        room: *room,
        position,
        name: EventName::known(parts.next()?).ok()?,
        data: EventData::parse(parts.next()?).ok()?,
        at,
        from,
    })
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Id;

    use super::*;

    fn time() -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }

    #[test]
    fn events_read_back_as_they_were_written() {
        let room = Room::Site(Id::at(time()), Id::at(time()));
        assert_eq!(super::room(&channel(&room)), Some(room));
        let at = Position {
            epoch: Epoch::random(),
            offset: Offset::new(7),
        };
        for from in [None, Some(Id::at(time()))] {
            for data in ["1", "{\"a b\" : \"c d\"}", "\" \""] {
                let new = NewEvent {
                    name: EventName::parse("a:b").unwrap(),
                    data: EventData::parse(data).unwrap(),
                    at: time(),
                    from,
                };
                let text = format!("{} {} {}", at.epoch, at.offset, write(&new));
                let (position, text) = message(&text).unwrap();
                let event = event(&room, position, text).unwrap();
                assert_eq!(
                    (event.position, event.room, event.at, event.from),
                    (at, room, time(), from)
                );
                assert_eq!((event.name, event.data), (new.name, new.data));
            }
        }
    }

    #[test]
    fn other_text_is_no_event() {
        let room = Room::User(Id::at(time()));
        let at = Position {
            epoch: Epoch::random(),
            offset: Offset::START,
        };
        for text in ["", " ", "  ", "x 1 2", "garbage", "ä ö ü"] {
            assert_eq!(message(text), None, "{text}");
        }
        for text in [
            "", "1", "1 -", "1 - a", "x - a 1", "1 x a 1", "1 - ä 1", "1 - a {", "1 -  1",
        ] {
            assert_eq!(event(&room, at, text), None, "{text}");
        }
        for text in [
            "",
            "tenon:{}:live",
            "tenon:{org:x}:live",
            &key(&room, "events"),
            &room.to_string(),
        ] {
            assert_eq!(super::room(text), None, "{text}");
        }
    }
}
