use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenon_kernel::{Invalid, Limit};
use tenon_rooms::{Epoch, Event, EventData, EventName, Offset, Past, Position, Present, Room};
use utoipa::{IntoParams, ToSchema};

use super::messages::place;
use super::page::limit_and_count;
use super::patch::present;
use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// An event to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEventBody {
    /// What happened, in 1 to 64 letters, digits, dots, colons, hyphens and underscores. What Tenon itself says is reserved.
    #[schema(
        required = true,
        nullable = false,
        example = "door.opened",
        min_length = 1,
        max_length = 64
    )]
    event: Option<String>,
    /// What there is to say about it: any JSON of at most 32 KiB.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = true, value_type = Value, example = json!({"door": 7}))]
    data: Option<Box<RawValue>>,
}

impl NewEventBody {
    /// The name and the data.
    pub fn parse(self) -> Result<(EventName, EventData), ApiError> {
        let mut check = Check::body();
        let name = check.required("event", self.event, |text| EventName::parse(&text));
        let data = check.required("data", self.data, EventData::new);
        check.finish(|| Some((name?, data?)))
    }
}

/// A place in the sequence of a room's events.
#[derive(Serialize, ToSchema)]
pub(crate) struct PositionView {
    #[schema(example = "org:0198c0de-0000-7000-8000-000000000000")]
    room: String,
    /// Offsets of different epochs have nothing to do with one another.
    #[schema(example = "9f3b0c5e7a1d4c2f8e6b0a9d3c5f7e1b")]
    epoch: String,
    offset: u64,
}

impl PositionView {
    pub fn of(room: &Room, position: Position) -> Self {
        Self {
            room: room.to_string(),
            epoch: position.epoch.to_string(),
            offset: position.offset.get(),
        }
    }
}

/// Which part of a room's history is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// The epoch of the position after which events are wanted; the latest are, without it.
    #[param(pattern = "^[0-9a-f]{32}$")]
    epoch: Option<String>,
    /// The offset of that position.
    #[param(value_type = Option<u64>, maximum = 9223372036854775807_u64)]
    offset: Option<String>,
    /// How many events are wanted.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

impl HistoryQuery {
    /// The position, if there is one, and how many events.
    pub fn parse(self) -> Result<(Option<Position>, Limit), ApiError> {
        let mut check = Check::query();
        let (limit, _) = limit_and_count(&mut check, self.limit.as_deref(), None);
        let (has_epoch, has_offset) = (self.epoch.is_some(), self.offset.is_some());
        let epoch = check.optional("epoch", self.epoch, |text| Epoch::parse(&text));
        let offset = check.optional("offset", self.offset, |text| place(&text));
        let together = || {
            Invalid::new(
                "required",
                "Goes with the other one: `epoch` and `offset` make a position.",
            )
        };
        match (has_epoch, has_offset) {
            (true, false) => check.note("offset", Err::<(), _>(together())),
            (false, true) => check.note("epoch", Err::<(), _>(together())),
            (true, true) | (false, false) => None,
        };
        let position = epoch.zip(offset).map(|(epoch, offset)| Position {
            epoch,
            offset: Offset::new(offset),
        });
        check.finish(|| Some((position, limit)))
    }
}

/// A part of a room's history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryView<'a> {
    /// Where the room is by now: more events follow after the last one here until then.
    #[serde(flatten)]
    position: PositionView,
    /// Whether events after the position that was asked for are gone for good. Then there are none here: read the state, and
    /// go on from the position of now.
    gap: bool,
    /// In order.
    events: Vec<EventView<'a>>,
}

#[derive(Serialize, ToSchema)]
struct EventView<'a> {
    offset: u64,
    event: &'a str,
    #[schema(value_type = Value)]
    data: &'a RawValue,
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
    /// Who did it; not there when it was the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Uuid>)]
    from: Option<IdText>,
}

impl<'a> HistoryView<'a> {
    pub fn of(room: &Room, past: &'a Past) -> Self {
        let view = |event: &'a Arc<Event>| EventView {
            offset: event.position.offset.get(),
            event: event.name.as_str(),
            data: event.data.raw(),
            at: Stamp(event.at),
            from: event.from.map(IdText::of),
        };
        Self {
            position: PositionView::of(room, past.position),
            gap: past.gap,
            events: past.events.iter().map(view).collect(),
        }
    }
}

/// Who is in a room.
#[derive(Serialize, ToSchema)]
pub(crate) struct PresenceView {
    room: String,
    /// Those who came first before the others.
    present: Vec<PresentView>,
}

#[derive(Serialize, ToSchema)]
struct PresentView {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// By the oldest of their connections.
    #[schema(value_type = String, format = DateTime)]
    since: Stamp,
    connections: u32,
}

impl PresenceView {
    pub fn of(room: &Room, present: &[Present]) -> Self {
        let view = |present: &Present| PresentView {
            user: IdText::of(present.user),
            since: Stamp(present.since),
            connections: present.connections,
        };
        Self {
            room: room.to_string(),
            present: present.iter().map(view).collect(),
        }
    }
}
