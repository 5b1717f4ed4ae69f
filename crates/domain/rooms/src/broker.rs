use std::sync::Arc;

use async_trait::async_trait;
use tenon_kernel::{Limit, Unavailable};

use crate::{Event, EventKey, NewEvent, Position, Replay, Room};

/// Brings events to every instance that has somebody in the room, and keeps the latest for those who come back.
///
/// Each room has a count of its own. It begins at any offset of an epoch that never was before, and grows by one with each
/// event of that epoch.
#[async_trait]
pub trait Broker: Send + Sync {
    /// Numbers an event, keeps it, and has it delivered on every instance that has joined the room.
    ///
    /// - MUST give concurrent events of a room different offsets, without a hole between them.
    /// - MUST number events in the order in which these calls were first polled, as far as they succeed, also while the ones
    ///   before are under way.
    /// - MUST return the first position, keep the event once and deliver it once when a key is used again in a room while
    ///   the history keeps the event, also when both happen at once; and MUST keep the keys of different rooms apart.
    /// - MUST answer within a second, with [`Unavailable`] when the event may not have been numbered; it may have been
    ///   nevertheless, which only a key makes good.
    async fn publish(&self, room: &Room, event: &NewEvent, once: Option<EventKey>) -> Result<Position, Unavailable>;

    /// Where the room is now. MUST be a position to resume from, also in a room that has had no event.
    async fn position(&self, room: &Room) -> Result<Position, Unavailable>;

    /// What happened after a position.
    ///
    /// - MUST return every later event up to now, in order and each once, or [`Replay::Gap`] with the position of now;
    ///   never a part.
    /// - MUST return all as long as no more events followed than the history keeps, and none of them is too old for it.
    /// - MUST return [`Replay::Gap`] for a position of another epoch, and for one that the room has not reached.
    async fn since(&self, room: &Room, position: Position) -> Result<Replay, Unavailable>;

    /// The latest events that the history still keeps, so many at most, in order.
    async fn latest(&self, room: &Room, most: Limit) -> Result<Vec<Arc<Event>>, Unavailable>;

    /// Begins to deliver the room's events to this instance's [`Listener`]. Counted here: the room is joined until
    /// [`Broker::leave`] was called as often as this succeeded.
    ///
    /// - MUST deliver every event after the returned position, or tell that some are lost. The first may be delivered
    ///   before this returns, and some up to the position may still be: so enter whoever joins into what the listener looks
    ///   at, then call this, then skip what is not after the position.
    /// - MUST answer within a second, and MUST NOT count a join that failed.
    async fn join(&self, room: &Room) -> Result<Position, Unavailable>;

    /// Undoes one [`Broker::join`]; after the last one, deliveries of the room end soon. Returns at once, also in a
    /// destructor.
    fn leave(&self, room: &Room);
}

/// What the transport hears. Calls come one after the other for a room, and at the same time for different rooms.
///
/// An implementation MUST return within microseconds and MUST NOT block: all events of an instance may wait for it. It may
/// call the broker's [`Broker::leave`].
pub trait Listener: Send + Sync {
    /// An event of a joined room. The broker MUST call this once for each event, in the order of their offsets, without a
    /// hole.
    fn deliver(&self, event: Arc<Event>);

    /// Events of a joined room cannot be had any more: the history was lost, or does not reach back to the last delivery.
    /// The next event that is delivered is the one after this position.
    fn lost(&self, room: &Room, position: Position);
}
