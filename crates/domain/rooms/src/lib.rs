//! Rooms: where the people of an organization hear of events, in order, and can take up again where they were cut off.
//!
//! [`Rooms`] is the service. A [`Broker`] numbers events, keeps the latest and brings them to the [`Listener`] of every
//! instance that has somebody in the room.

mod activity;
mod broker;
mod directory;
mod errors;
mod event;
mod history;
mod position;
mod presence;
mod room;
mod service;

pub use activity::{Activities, Outbox};
pub use broker::{Broker, Listener};
pub use directory::Directory;
pub use errors::{EmitError, PublishError, ReadActivityError, ReadRoomError, SubscribeError};
pub use event::{Event, EventData, EventKey, EventName, NewEvent};
pub use history::{History, Replay};
pub use position::{Epoch, Offset, Position};
pub use presence::{Attendance, ConnectionId, Presences, Present};
pub use room::Room;
pub use service::{Announcer, Feed, Past, Rendering, Rooms, RoomsPorts};
