use tenon_rooms::{EmitError, ReadActivityError, ReadRoomError, Room};

use super::*;

impl ApiError {
    /// What [`EmitError`] means for what was emitted to this room.
    pub(crate) fn of_emitting(error: EmitError, room: &Room) -> Self {
        match error {
            EmitError::UnknownOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            EmitError::Denied => Self::new(&INSUFFICIENT_ROLE).detail("It takes the role admin."),
            EmitError::UnknownRoom => Self::new(match room {
                Room::Organization(_) => &ORGANIZATION_NOT_FOUND,
                Room::Site(..) => &SITE_NOT_FOUND,
                Room::Unit(..) => &UNIT_NOT_FOUND,
                Room::User(_) => &MEMBER_NOT_FOUND,
            }),
            EmitError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            EmitError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadRoomError> for ApiError {
    fn from(error: ReadRoomError) -> Self {
        match error {
            ReadRoomError::UnknownRoom => Self::new(&ROOM_NOT_FOUND),
            ReadRoomError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadActivityError> for ApiError {
    fn from(error: ReadActivityError) -> Self {
        match error {
            ReadActivityError::UnknownOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            ReadActivityError::Unavailable(error) => error.into(),
        }
    }
}
