use std::time::Duration;

use tenon_rooms::{PublishError, ReadRoomError, SubscribeError};

/// Why a frame was not followed.
pub(crate) struct Refusal {
    pub code: &'static str,
    pub message: &'static str,
    /// Whether the client could have known.
    pub is_mistake: bool,
    /// When it may be followed.
    pub retry_after: Option<Duration>,
}

pub(super) const fn mistake(code: &'static str, message: &'static str) -> Refusal {
    Refusal {
        code,
        message,
        is_mistake: true,
        retry_after: None,
    }
}

pub(super) const NO_ROOM: Refusal = mistake("room_not_found", "There is no such room.");
pub(super) const NOT_THERE: Refusal = mistake("not_subscribed", "The socket is not in the room: subscribe first.");
pub(super) const UNAVAILABLE: Refusal = Refusal {
    code: "unavailable",
    message: "Something the server depends on did not answer. Try again shortly.",
    is_mistake: false,
    retry_after: None,
};

impl From<SubscribeError> for Refusal {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::UnknownRoom => NO_ROOM,
            SubscribeError::Unavailable(_) => UNAVAILABLE,
        }
    }
}

impl From<ReadRoomError> for Refusal {
    fn from(error: ReadRoomError) -> Self {
        match error {
            ReadRoomError::UnknownRoom => NO_ROOM,
            ReadRoomError::Unavailable(_) => UNAVAILABLE,
        }
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::ReadOnly => mistake("insufficient_role", "It takes the role member."),
            PublishError::Private => mistake("room_is_private", "Clients publish nothing in a person's room."),
            PublishError::UnknownRoom => NO_ROOM,
            PublishError::Unavailable(_) => UNAVAILABLE,
        }
    }
}
