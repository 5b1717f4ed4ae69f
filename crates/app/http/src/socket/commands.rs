//! What each frame of a client does.

use actix_web::rt;
use std::rc::Rc;
use std::time::Duration;
use tenon_rooms::{EventData, EventName, Position, PublishError, ReadRoomError, Room, SubscribeError};

use super::frames;
use super::requests::FrameId;
use super::room::{Membership, Pace};
use super::session::Session;

/// Why a frame was not followed.
pub(super) struct Refusal {
    pub code: &'static str,
    pub message: &'static str,
    /// Whether the client could have known.
    pub is_mistake: bool,
    /// When it may be followed.
    pub retry_after: Option<Duration>,
}

const fn mistake(code: &'static str, message: &'static str) -> Refusal {
    Refusal {
        code,
        message,
        is_mistake: true,
        retry_after: None,
    }
}

const NO_ROOM: Refusal = mistake("room_not_found", "There is no such room.");
const NOT_THERE: Refusal = mistake("not_subscribed", "The socket is not in the room: subscribe first.");
const UNAVAILABLE: Refusal = Refusal {
    code: "unavailable",
    message: "Something the server depends on did not answer. Try again shortly.",
    is_mistake: false,
    retry_after: None,
};

impl Session {
    pub(super) async fn subscribe(
        &self,
        id: Option<&FrameId>,
        room: Room,
        resume: Option<Position>,
    ) -> Result<(), Refusal> {
        let most = usize::try_from(self.hub.api.settings.sockets.rooms.get()).unwrap_or(usize::MAX);
        let membership = match self.connection.membership(&room) {
            Some(membership) => membership,
            None if self.connection.rooms.borrow().len() >= most => {
                return Err(mistake(
                    "too_many_rooms",
                    "The socket is in too many rooms: leave one first.",
                ));
            }
            None => {
                let membership = self.hub.join(&self.connection, room).await?;
                self.attend(&membership);
                membership
            }
        };
        let Some(here) = membership.cursor.get() else {
            return Err(UNAVAILABLE);
        };
        self.connection.link.reply(frames::ok_at(id, &room, here));
        match resume.filter(|resume| *resume != here) {
            Some(resume) => self.rewind(&membership, resume),
            None if matches!(membership.pace.get(), Pace::Joining | Pace::Parked) => self.hub.go_on(&membership),
            None => {}
        }
        Ok(())
    }

    /// Sends everything after a position, in order, also what was sent before.
    fn rewind(&self, membership: &Rc<Membership>, resume: Position) {
        membership.seen.set(membership.cursor.replace(Some(resume)));
        if membership.pace.get() != Pace::Fetching {
            membership.pace.set(Pace::Behind);
            self.hub.catch_up(membership);
        }
    }

    pub(super) fn unsubscribe(&self, id: Option<&FrameId>, room: &Room) -> Result<(), Refusal> {
        let membership = self.connection.membership(room).ok_or(NOT_THERE)?;
        self.hub.leave(&membership);
        self.connection.link.reply(frames::ok_room(id, room));
        Ok(())
    }

    pub(super) async fn publish(
        &self,
        id: Option<&FrameId>,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<(), Refusal> {
        let member = self.connection.member.get();
        let position = self.hub.api.rooms.publish(&member, room, name, data).await?;
        self.connection.link.reply(frames::ok_at(id, room, position));
        Ok(())
    }

    /// Tells who is in the room, and from then on who comes and goes.
    pub(super) async fn presence(&self, id: Option<&FrameId>, room: &Room) -> Result<(), Refusal> {
        let membership = self.connection.membership(room).ok_or(NOT_THERE)?;
        let present = self.hub.api.rooms.present(&self.connection.member.get(), room).await?;
        self.connection.link.reply(frames::ok_present(id, room, &present));
        self.hub.watch(&membership, &present);
        Ok(())
    }

    pub(super) fn auth(&self, id: Option<&FrameId>, token: &str) -> Result<(), Refusal> {
        let claims = self.hub.api.accounts.recognize(token);
        let claims = claims.map_err(|_| mistake("token_invalid", "The access token is not valid."))?;
        let until = claims.expires_at;
        if !self.connection.renew(claims) {
            return Err(mistake(
                "token_for_another",
                "The access token is for another user or organization: open another socket.",
            ));
        }
        self.connection.link.reply(frames::ok_until(id, until));
        Ok(())
    }

    /// Enters the connection among those who are present. Nobody waits for it.
    pub(super) fn attend(&self, membership: &Rc<Membership>) {
        if matches!(membership.room, Room::User(_)) {
            return;
        }
        let (session, membership) = (self.clone(), Rc::clone(membership));
        rt::spawn(async move {
            let (hub, connection) = (&session.hub, &session.connection);
            let entered = hub
                .api
                .rooms
                .enter(&connection.member.get(), &membership.room, connection.id)
                .await;
            match entered {
                Ok((attendance, _)) if membership.left.get() => hub.departed.borrow_mut().push(attendance),
                Ok((attendance, _)) => membership.attendance.set(Some(attendance)),
                Err(error) => tracing::debug!(%error, "a connection is entered later"),
            }
        });
    }
}

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
