//! Into rooms and out of them, in whichever protocol a client asks for it.

use std::rc::Rc;

use actix_web::rt;
use tenon_kernel::Timestamp;
use tenon_rooms::{Position, ReadRoomError, Room};

use super::connection::Connection;
use super::hub::Hub;
use super::refusal::{NO_ROOM, NOT_THERE, Refusal, UNAVAILABLE, mistake};
use super::room::{Membership, Pace};

impl Hub {
    /// Enters a room unless the connection is in it, and says where the room is. Whoever asked is answered before
    /// [`Hub::begin`].
    pub(crate) async fn admit(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        room: Room,
    ) -> Result<(Rc<Membership>, Position), Refusal> {
        let most = usize::try_from(self.api.settings.sockets.rooms.get()).unwrap_or(usize::MAX);
        let membership = match connection.membership(&room) {
            Some(membership) => self.still_there(membership).await?,
            None if connection.rooms.borrow().len() >= most => {
                return Err(mistake(
                    "too_many_rooms",
                    "The socket is in too many rooms: leave one first.",
                ));
            }
            None => {
                let membership = self.join(connection, room).await?;
                self.attend(connection, &membership);
                membership
            }
        };
        let here = membership.cursor.get().ok_or(UNAVAILABLE)?;
        Ok((membership, here))
    }

    /// A membership, unless its room is gone: the event that says so may have been lost.
    async fn still_there(&self, membership: Rc<Membership>) -> Result<Rc<Membership>, Refusal> {
        let by = membership.connection.member.get().principal();
        let readable = self.api.rooms.readable(&by, &membership.room).await;
        if matches!(readable, Err(ReadRoomError::UnknownRoom)) {
            self.leave(&membership);
        }
        readable?;
        if membership.left.get() {
            Err(NO_ROOM)
        } else {
            Ok(membership)
        }
    }

    /// Begins to send the events of a room that is here, or of an earlier position.
    pub(crate) fn begin(self: &Rc<Self>, membership: &Rc<Membership>, here: Position, resume: Option<Position>) {
        match resume.filter(|resume| *resume != here) {
            Some(resume) => self.rewind(membership, resume),
            None if matches!(membership.pace.get(), Pace::Joining | Pace::Parked) => self.go_on(membership),
            None => {}
        }
    }

    /// Sends everything after a position, in order, also what was sent before.
    pub(crate) fn rewind(self: &Rc<Self>, membership: &Rc<Membership>, resume: Position) {
        membership.seen.set(membership.cursor.replace(Some(resume)));
        if membership.pace.get() != Pace::Fetching {
            membership.pace.set(Pace::Behind);
            self.catch_up(membership);
        }
    }

    /// Leaves a room.
    pub(crate) fn expel(&self, connection: &Connection, room: &Room) -> Result<(), Refusal> {
        let membership = connection.membership(room).ok_or(NOT_THERE)?;
        self.leave(&membership);
        Ok(())
    }

    /// Goes on with a fresh token of the same person, and says until when.
    pub(crate) fn renew(&self, connection: &Connection, token: &str) -> Result<Timestamp, Refusal> {
        let claims = self.api.accounts.recognize(token);
        let claims = claims.map_err(|_| mistake("token_invalid", "The access token is not valid."))?;
        let until = claims.expires_at;
        if !connection.renew(claims) {
            return Err(mistake(
                "token_for_another",
                "The access token is for another user or organization: open another socket.",
            ));
        }
        Ok(until)
    }

    /// Enters the connection among those who are present. Nobody waits for it.
    pub(crate) fn attend(self: &Rc<Self>, connection: &Rc<Connection>, membership: &Rc<Membership>) {
        if matches!(membership.room, Room::User(_)) {
            return;
        }
        let (hub, connection, membership) = (Rc::clone(self), Rc::clone(connection), Rc::clone(membership));
        rt::spawn(async move {
            let member = connection.member.get();
            match hub.api.rooms.enter(&member, &membership.room, connection.id).await {
                Ok((attendance, _)) if membership.left.get() => hub.departed.borrow_mut().push(attendance),
                Ok((attendance, _)) => membership.attendance.set(Some(attendance)),
                Err(error) => tracing::debug!(%error, "a connection is entered later"),
            }
        });
    }
}
