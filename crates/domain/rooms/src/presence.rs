use async_trait::async_trait;
use tenon_kernel::{Id, Timestamp, Unavailable, UserId};

use crate::Room;

#[doc(hidden)]
#[derive(Debug)]
pub enum ConnectionTag {}

/// One open connection of a client.
pub type ConnectionId = Id<ConnectionTag>;

/// A connection that is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attendance {
    /// Where.
    pub room: Room,
    /// Whose connection.
    pub user: UserId,
    /// Which one.
    pub connection: ConnectionId,
    /// Since when.
    pub since: Timestamp,
}

/// Somebody who is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub user: UserId,
    /// Since when, by the oldest of their connections.
    pub since: Timestamp,
    /// How many of their connections are in the room.
    pub connections: u32,
}

/// Who is in which room, over all instances.
///
/// What an instance entered stays while the instance lives, without the caller refreshing it: that is the adapter's work,
/// and so is entering it again when what it is kept in was lost.
#[async_trait]
pub trait Presences: Send + Sync {
    /// A connection came into a room; says whether it is its user's first one there, on any instance.
    ///
    /// - MUST say so to exactly one of several first connections that come at once.
    /// - MUST count a connection once however often it enters, and not as a first one again.
    /// - When [`Unavailable`], the connection MUST be listed nevertheless within 30 seconds after the trouble ended.
    async fn enter(&self, attendance: &Attendance) -> Result<bool, Unavailable>;

    /// A connection left a room; says whether it was its user's last one there, on any instance.
    ///
    /// - MUST say so to exactly one of several last connections that leave at once.
    /// - MUST say no for a connection that is not there.
    /// - When [`Unavailable`], the connection MUST NOT be listed any more 30 seconds after the trouble ended.
    async fn leave(&self, attendance: &Attendance) -> Result<bool, Unavailable>;

    /// Who is in the room, those who came first before the others.
    ///
    /// - MUST NOT list connections of an instance that died more than 30 seconds ago.
    async fn list(&self, room: &Room) -> Result<Vec<Present>, Unavailable>;
}
