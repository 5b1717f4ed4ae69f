//! What a client says.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tenon_kernel::{Invalid, UserId};
use tenon_messages::{Content, DeviceId, Draft, Kind, Seq};
use tenon_rooms::{Epoch, EventData, EventName, Offset, Position, Room};

use crate::dto::id;
use crate::dto::patch::present;

/// The most bytes of an id, quotes included.
const LONGEST_ID: usize = 66;

/// The client's own name for a frame: a whole number or a text, returned as it was written.
pub(super) struct FrameId(Box<RawValue>);

impl FrameId {
    pub fn raw(&self) -> &RawValue {
        &self.0
    }

    fn parse(raw: &RawValue) -> Result<Self, Invalid> {
        let text = raw.get();
        let number = text.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() <= LONGEST_ID && (number || text.starts_with('"')) {
            return Ok(Self(raw.to_owned()));
        }
        Err(Invalid::new(
            "invalid_id",
            "`id` must be a whole number or a text of at most 64 bytes.",
        ))
    }
}

/// What a client wants.
pub(super) enum Request {
    Subscribe(Room, Option<Position>),
    Unsubscribe(Room),
    Publish(Room, EventName, EventData),
    Presence(Room),
    Auth(String),
    Send(Box<Draft>),
    Acknowledge(Seq),
    Read(UserId, Seq),
    Ping,
}

impl Request {
    /// Whether it is counted with messages rather than with other frames.
    pub fn is_about_messages(&self) -> bool {
        matches!(self, Self::Send(_) | Self::Acknowledge(_) | Self::Read(..))
    }
}

/// A frame that cannot be followed, with its id where that could be read.
pub(super) struct Refused {
    pub id: Option<FrameId>,
    pub invalid: Invalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    room: Option<Cow<'a, str>>,
    #[serde(borrow)]
    resume: Option<Resume<'a>>,
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "clientId")]
    client_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    to: Option<Cow<'a, str>>,
    device: Option<u64>,
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    conversation: Option<Cow<'a, str>>,
    #[serde(rename = "upTo")]
    up_to: Option<u64>,
}

/// A position that a client gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resume<'a> {
    #[serde(borrow)]
    epoch: Cow<'a, str>,
    offset: u64,
}

impl Resume<'_> {
    pub fn position(&self) -> Result<Position, Invalid> {
        Ok(Position {
            epoch: Epoch::parse(&self.epoch)?,
            offset: Offset::new(self.offset),
        })
    }
}

/// The id alone, of a frame with which something else is wrong.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

/// Reads a frame.
pub(super) fn read(text: &str) -> Result<(Option<FrameId>, Request), Refused> {
    // Serde would take an array for an object.
    if !text.trim_ascii_start().starts_with('{') {
        let invalid = Invalid::new("malformed_frame", "Must be a JSON object.");
        return Err(Refused { id: None, invalid });
    }
    let named = || serde_json::from_str::<Named<'_>>(text).ok().and_then(|named| named.id);
    let written: Written<'_> = serde_json::from_str(text).map_err(|error| Refused {
        id: named().and_then(|id| FrameId::parse(id).ok()),
        invalid: wrong(&error),
    })?;
    let id = match written.id.map(FrameId::parse).transpose() {
        Ok(id) => id,
        Err(invalid) => return Err(Refused { id: None, invalid }),
    };
    match request(&written) {
        Ok(request) => Ok((id, request)),
        Err(invalid) => Err(Refused { id, invalid }),
    }
}

/// Reads a frame for its form alone: its id, and the code with which it is refused if it is.
pub(crate) fn examine(text: &str) -> (Option<String>, Option<&'static str>) {
    let (id, refused) = match read(text) {
        Ok((id, _)) => (id, None),
        Err(Refused { id, invalid }) => (id, Some(invalid.code)),
    };
    (id.map(|id| id.raw().get().to_owned()), refused)
}

fn wrong(error: &serde_json::Error) -> Invalid {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    let code = match message {
        _ if !error.is_data() => "malformed_frame",
        message if message.starts_with("unknown field") => "unknown_field",
        _ => "invalid_frame",
    };
    let short: String = message.chars().take(120).collect();
    Invalid::new(code, format!("Cannot be read: {short}."))
}

fn request(written: &Written<'_>) -> Result<Request, Invalid> {
    let (request, taken): (Request, &[&str]) = match written.r#type.as_ref() {
        "subscribe" => (
            Request::Subscribe(room(written)?, resume(written)?),
            &["room", "resume"],
        ),
        "unsubscribe" => (Request::Unsubscribe(room(written)?), &["room"]),
        "presence" => (Request::Presence(room(written)?), &["room"]),
        "publish" => {
            let name = EventName::parse(required("event", written.event.as_deref())?)?;
            let data = required("data", written.data)?.to_owned();
            let request = Request::Publish(room(written)?, name, EventData::new(data)?);
            (request, &["room", "event", "data"])
        }
        "auth" => {
            let token = required("token", written.token.as_deref())?;
            (Request::Auth(token.to_owned()), &["token"])
        }
        "message.send" => (
            Request::Send(Box::new(draft(written)?)),
            &["clientId", "to", "device", "content", "kind"],
        ),
        "message.ack" => (Request::Acknowledge(up_to(written)?), &["upTo"]),
        "message.read" => {
            let peer = id(required("conversation", written.conversation.as_deref())?)?;
            (Request::Read(peer, up_to(written)?), &["conversation", "upTo"])
        }
        "ping" => (Request::Ping, &[]),
        _ => return Err(Invalid::new("unknown_type", "There is no such type of frame.")),
    };
    let given = [
        ("room", written.room.is_some()),
        ("resume", written.resume.is_some()),
        ("event", written.event.is_some()),
        ("data", written.data.is_some()),
        ("token", written.token.is_some()),
        ("clientId", written.client_id.is_some()),
        ("to", written.to.is_some()),
        ("device", written.device.is_some()),
        ("content", written.content.is_some()),
        ("kind", written.kind.is_some()),
        ("conversation", written.conversation.is_some()),
        ("upTo", written.up_to.is_some()),
    ];
    match given.iter().find(|(name, given)| *given && !taken.contains(name)) {
        Some((name, _)) => Err(Invalid::new(
            "unknown_field",
            format!("`{name}` does not belong to this type of frame."),
        )),
        None => Ok(request),
    }
}

fn required<T>(name: &str, value: Option<T>) -> Result<T, Invalid> {
    value.ok_or_else(|| Invalid::new("required", format!("`{name}` must be there.")))
}

fn draft(written: &Written<'_>) -> Result<Draft, Invalid> {
    let kind = written.kind.as_deref().map(Kind::parse).transpose()?;
    let device = written.device.map(DeviceId::new).transpose()?;
    Ok(Draft {
        client: id(required("clientId", written.client_id.as_deref())?)?,
        to: id(required("to", written.to.as_deref())?)?,
        device: device.unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        content: Content::parse(required("content", written.content.as_deref())?)?,
    })
}

fn up_to(written: &Written<'_>) -> Result<Seq, Invalid> {
    Seq::new(required("upTo", written.up_to)?)
}

fn room(written: &Written<'_>) -> Result<Room, Invalid> {
    Room::parse(required("room", written.room.as_deref())?)
}

fn resume(written: &Written<'_>) -> Result<Option<Position>, Invalid> {
    written.resume.as_ref().map(Resume::position).transpose()
}
