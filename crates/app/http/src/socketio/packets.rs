//! What a namespace says, as packets that were written once for all who hear them.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tenon_kernel::Member;
use tenon_rooms::{Event, Position, Room};
use tenon_socketio::{Packets, Socket};
use tenon_websocket::Close;

use crate::dto::{IdText, Stamp};
use crate::socket::{At, Shown, codes, millis_to_wait};

/// JSON of something that has no map whose keys are no text, which is all that could fail.
pub(super) fn json(value: &(impl Serialize + ?Sized)) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// A position as a client's library keeps it, and gives it back when it asks to recover. No two rooms have the same epoch.
pub(super) fn offset(position: Position) -> String {
    format!("{}:{}", position.epoch, position.offset)
}

/// An event under its own name: its data, what there is to know about it, and its offset.
pub(crate) fn event(event: &Event) -> Packets {
    #[derive(Serialize)]
    struct Circumstances<'a> {
        #[serde(flatten)]
        place: At<'a>,
        at: Stamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<IdText>,
    }
    let circumstances = Circumstances {
        place: At::new(&event.room, event.position),
        at: Stamp(event.at),
        from: event.from.map(IdText::of),
    };
    let arguments = [event.data.raw(), &json(&circumstances), &json(&offset(event.position))];
    Packets::event(super::ROOMS, event.name.as_str(), &arguments)
}

/// An activity and its offset; nothing for any other event.
pub(crate) fn activity(event: &Event) -> Option<Packets> {
    event.name.is_activity().then(|| {
        let arguments = [event.data.raw(), &json(&offset(event.position))];
        Packets::event(super::EVENTS, "activity", &arguments)
    })
}

/// The first event. Its offset is that of the organization's room, so that whoever hears nothing else can recover, too.
pub(super) fn welcome(namespace: &str, member: &Member, rooms: &[(Room, Position)]) -> Packets {
    #[derive(Serialize)]
    struct Welcome<'a> {
        user: IdText,
        organization: IdText,
        role: &'static str,
        rooms: Vec<At<'a>>,
    }
    let welcome = Welcome {
        user: IdText::of(member.user),
        organization: IdText::of(member.organization),
        role: member.role.as_str(),
        rooms: rooms.iter().map(|(room, position)| At::new(room, *position)).collect(),
    };
    let offset = rooms.first().map(|(_, position)| offset(*position));
    Packets::event(namespace, "tenon:welcome", &[&json(&welcome), &json(&offset)])
}

/// History does not reach back: read the state by REST, and go on from here.
pub(super) fn gap(namespace: &str, room: &Room, position: Position) -> Packets {
    let arguments: [&RawValue; 2] = [&json(&At::new(room, position)), &json(&offset(position))];
    Packets::event(namespace, "tenon:gap", &arguments)
}

/// The room is gone, and the client is not in it any more.
pub(super) fn gone(namespace: &str, room: &Room) -> Packets {
    #[derive(Serialize)]
    struct Gone<'a> {
        room: Shown<&'a Room>,
    }
    Packets::event(namespace, "tenon:gone", &[&json(&Gone { room: Shown(room) })])
}

/// The instance is about to stop.
pub(super) fn drain(namespace: &str, wait: Duration) -> Packets {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Drain {
        retry_after_ms: u64,
    }
    let drain = Drain {
        retry_after_ms: millis_to_wait(wait),
    };
    Packets::event(namespace, "tenon:drain", &[&json(&drain)])
}

/// Why the server ends what follows: a code of `docs/socketio.md` and words for people.
fn closing(namespace: &str, close: &Close) -> Packets {
    #[derive(Serialize)]
    struct Closing<'a> {
        code: u16,
        message: &'a str,
    }
    let closing = Closing {
        code: close.code,
        message: &close.reason,
    };
    Packets::event(namespace, "tenon:closing", &[&json(&closing)])
}

/// Says why, sends what waits, and ends the connection; or takes the client out of the namespace alone when its token is not
/// good any more, because its library would come back by itself with the same one otherwise.
pub(super) fn end(socket: &Socket, close: &Close) {
    if !socket.is_open() {
        return;
    }
    socket.reply(&closing(socket.namespace(), close));
    match close.code {
        codes::TOKEN_ENDED | codes::NOT_ALLOWED => socket.disconnect(),
        _ => socket.close(close),
    }
}

/// Something that was asked without an acknowledgement was not done.
pub(super) fn error(namespace: &str, event: &str, code: &str, message: &str) -> Packets {
    #[derive(Serialize)]
    struct Failure<'a> {
        event: &'a str,
        code: &'a str,
        message: &'a str,
    }
    let failure = Failure { event, code, message };
    Packets::event(namespace, "tenon:error", &[&json(&failure)])
}

#[cfg(test)]
mod tests {
    use tenon_rooms::EventName;

    #[test]
    fn no_event_of_a_room_passes_for_one_of_the_clients_libraries() {
        for name in tenon_socketio::RESERVED {
            assert_eq!(EventName::parse(name).unwrap_err().code, "reserved_event", "{name}");
        }
    }
}
