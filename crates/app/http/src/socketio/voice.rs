use std::rc::Rc;

use secrecy::ExposeSecret;
use tenon_rooms::{EventData, EventName, Position, Room};
use tenon_socketio::AckId;

use super::ear::Ear;
use super::replies::{self, Reply};
use super::requests::Request;
use crate::socket::{Connection, Hub, Refusal};

/// A client in a namespace of rooms, with what it asks for.
#[derive(Clone)]
pub(super) struct Voice {
    pub hub: Rc<Hub>,
    pub connection: Rc<Connection>,
    pub ear: Rc<Ear>,
}

impl Voice {
    /// Does what an event asks for, and says how that went when all events before are acknowledged.
    pub async fn answer(self, name: String, ack: Option<AckId>, request: Request) -> Result<(), Refusal> {
        let place = self.connection.line.place();
        let outcome = match request {
            Request::Publish(room, name, data) if self.stands() => self.publish(ack, place, &room, name, data).await,
            Request::Publish(..) => Ok(()),
            request if self.connection.turn(place).await => self.alone(ack, request).await,
            _ => Ok(()),
        };
        self.connection.turn(place).await;
        outcome.inspect_err(|refusal| {
            replies::refused(&self.ear.socket, &name, ack, refusal.code, refusal.message);
        })
    }

    /// Does what has to be done before the next event is looked at.
    async fn alone(&self, ack: Option<AckId>, request: Request) -> Result<(), Refusal> {
        match request {
            Request::Auth(token) => self.auth(ack, token.expose_secret()),
            _ if !self.stands() => Ok(()),
            Request::Subscribe(room, resume) => self.subscribe(ack, room, resume).await,
            Request::Unsubscribe(room) => self.unsubscribe(ack, &room),
            Request::Publish(..) => Ok(()),
        }
    }

    fn stands(&self) -> bool {
        self.hub.still_stands(&self.connection)
    }

    async fn subscribe(&self, ack: Option<AckId>, room: Room, resume: Option<Position>) -> Result<(), Refusal> {
        let (membership, here) = self.hub.admit(&self.connection, room).await?;
        self.ear.trail.borrow_mut().enter(room, resume.unwrap_or(here));
        replies::done(&self.ear.socket, ack, &Reply::at(&room, here));
        self.hub.begin(&membership, here, resume);
        Ok(())
    }

    fn unsubscribe(&self, ack: Option<AckId>, room: &Room) -> Result<(), Refusal> {
        self.hub.expel(&self.connection, room)?;
        self.ear.trail.borrow_mut().leave(room);
        replies::done(&self.ear.socket, ack, &Reply::room(room));
        Ok(())
    }

    async fn publish(
        &self,
        ack: Option<AckId>,
        place: u64,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<(), Refusal> {
        let position = self.hub.publish(&self.connection, place, room, name, data).await?;
        replies::done(&self.ear.socket, ack, &Reply::at(room, position));
        Ok(())
    }

    fn auth(&self, ack: Option<AckId>, token: &str) -> Result<(), Refusal> {
        let until = self.hub.renew(&self.connection, token)?;
        replies::done(&self.ear.socket, ack, &Reply::until(until));
        Ok(())
    }
}
