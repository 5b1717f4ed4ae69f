use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;
use tenon_kernel::{Timestamp, Unavailable, UserId};
use tenon_rooms::{Attendance, ConnectionId, Presences, Present, Room};

type People = HashMap<UserId, HashMap<ConnectionId, Timestamp>>;

/// Knows who is in the rooms of this process, which takes them all with it when it dies.
#[derive(Default)]
pub struct LocalPresences {
    rooms: Mutex<HashMap<Room, People>>,
}

#[async_trait]
impl Presences for LocalPresences {
    async fn enter(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        let mut rooms = self.rooms.lock();
        let people = rooms.entry(attendance.room).or_default();
        let connections = people.entry(attendance.user).or_default();
        let first = connections.is_empty();
        connections.entry(attendance.connection).or_insert(attendance.since);
        Ok(first)
    }

    async fn leave(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        let mut rooms = self.rooms.lock();
        let Some(people) = rooms.get_mut(&attendance.room) else {
            return Ok(false);
        };
        let Some(connections) = people.get_mut(&attendance.user) else {
            return Ok(false);
        };
        connections.remove(&attendance.connection);
        let last = connections.is_empty();
        if last {
            people.remove(&attendance.user);
        }
        if people.is_empty() {
            rooms.remove(&attendance.room);
        }
        Ok(last)
    }

    async fn list(&self, room: &Room) -> Result<Vec<Present>, Unavailable> {
        let rooms = self.rooms.lock();
        let present = |(user, connections): (&UserId, &HashMap<ConnectionId, Timestamp>)| {
            Some(Present {
                user: *user,
                since: *connections.values().min()?,
                connections: u32::try_from(connections.len()).unwrap_or(u32::MAX),
            })
        };
        let people = rooms.get(room).into_iter().flatten();
        let mut list: Vec<Present> = people.filter_map(present).collect();
        list.sort_unstable_by_key(|present| (present.since, present.user));
        Ok(list)
    }
}
