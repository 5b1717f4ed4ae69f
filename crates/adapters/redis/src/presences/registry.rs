use std::collections::HashMap;

use parking_lot::Mutex;
use tenon_kernel::UserId;
use tenon_rooms::{Attendance, ConnectionId, Room};

type Connections = HashMap<(UserId, ConnectionId), Attendance>;

/// The connections that this instance entered, by room.
#[derive(Default)]
pub struct Registry(Mutex<HashMap<Room, Connections>>);

impl Registry {
    /// Enters a connection; returns it as it was entered the first time.
    pub fn add(&self, attendance: &Attendance) -> Attendance {
        let mut rooms = self.0.lock();
        let connections = rooms.entry(attendance.room).or_default();
        let key = (attendance.user, attendance.connection);
        *connections.entry(key).or_insert(*attendance)
    }

    /// Takes a connection out, as it was entered; nothing when it was not.
    pub fn remove(&self, attendance: &Attendance) -> Option<Attendance> {
        let mut rooms = self.0.lock();
        let connections = rooms.get_mut(&attendance.room)?;
        let removed = connections.remove(&(attendance.user, attendance.connection));
        if connections.is_empty() {
            rooms.remove(&attendance.room);
        }
        removed
    }

    /// The rooms that have connections here.
    pub fn rooms(&self) -> Vec<Room> {
        self.0.lock().keys().copied().collect()
    }

    /// The connections in a room.
    pub fn of(&self, room: &Room) -> Vec<Attendance> {
        let rooms = self.0.lock();
        let connections = rooms.get(room).into_iter().flat_map(HashMap::values);
        connections.copied().collect()
    }
}
