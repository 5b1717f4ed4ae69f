//! What a client asks for in a namespace.

use secrecy::SecretString;
use serde_json::value::RawValue;
use tenon_kernel::{Invalid, OrganizationId};
use tenon_rooms::{EventData, EventName, Position, Room};
use tenon_socketio::Incoming;

use super::ear::Feed;
use crate::dto::id;
use crate::socket::Resume;

/// What is asked for in each namespace of rooms.
const AUTH: &str = "auth";

/// What a client wants.
pub(super) enum Request {
    Subscribe(Room, Option<Position>),
    Unsubscribe(Room),
    Publish(Room, EventName, EventData),
    Auth(SecretString),
}

/// Reads an event of a client of the organization, in the namespace of this feed.
pub(super) fn read(incoming: &Incoming, organization: OrganizationId, feed: Feed) -> Result<Request, Invalid> {
    let unknown = || Invalid::new("unknown_event", "There is no such event here.");
    if feed == Feed::Activities && incoming.name != AUTH {
        return Err(unknown());
    }
    if !incoming.attachments.is_empty() {
        return Err(Invalid::new("binary_not_supported", "Takes no binary attachments."));
    }
    let arguments: Vec<&RawValue> = incoming.args.iter().map(|argument| &**argument).collect();
    let site = |text: &RawValue| Ok::<_, Invalid>(Room::Site(organization, id(&string(text)?)?));
    let unit = |text: &RawValue| Ok::<_, Invalid>(Room::Unit(organization, id(&string(text)?)?));
    match (incoming.name.as_str(), arguments.as_slice()) {
        ("subscribe:site", [at]) => Ok(Request::Subscribe(site(at)?, None)),
        ("subscribe:site", [at, since]) => Ok(Request::Subscribe(site(at)?, resume(since)?)),
        ("subscribe:unit", [at]) => Ok(Request::Subscribe(unit(at)?, None)),
        ("subscribe:unit", [at, since]) => Ok(Request::Subscribe(unit(at)?, resume(since)?)),
        ("unsubscribe:site", [at]) => Ok(Request::Unsubscribe(site(at)?)),
        ("unsubscribe:unit", [at]) => Ok(Request::Unsubscribe(unit(at)?)),
        ("publish", [room, name, data]) => Ok(Request::Publish(
            Room::parse(&string(room)?)?,
            EventName::parse(&string(name)?)?,
            EventData::new((*data).to_owned())?,
        )),
        (AUTH, [token]) => Ok(Request::Auth(string(token)?.into())),
        ("subscribe:site" | "subscribe:unit" | "unsubscribe:site" | "unsubscribe:unit" | "publish" | AUTH, _) => Err(
            Invalid::new("invalid_arguments", "Takes other arguments: see the documentation."),
        ),
        _ => Err(unknown()),
    }
}

fn string(argument: &RawValue) -> Result<String, Invalid> {
    serde_json::from_str(argument.get()).map_err(|_| Invalid::new("invalid_arguments", "Must be a text."))
}

/// A position, or `null`.
fn resume(argument: &RawValue) -> Result<Option<Position>, Invalid> {
    let resume: Option<Resume<'_>> = serde_json::from_str(argument.get())
        .map_err(|_| Invalid::new("invalid_arguments", "Must be a position: {epoch, offset}."))?;
    resume.as_ref().map(Resume::position).transpose()
}
