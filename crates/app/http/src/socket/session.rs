use std::rc::Rc;

use tenon_kernel::Member;
use tenon_rooms::{Position, Room, SubscribeError};
use tenon_websocket::{Close, Link, Received};

use super::connection::Connection;
use super::hub::Hub;
use super::refusal::Refusal;
use super::requests::{self, FrameId, Request};
use super::{codes, frames};

/// What goes on over one socket.
#[derive(Clone)]
pub(super) struct Session {
    pub hub: Rc<Hub>,
    pub connection: Rc<Connection>,
    pub link: Rc<Link>,
    key: usize,
}

impl Session {
    pub fn new(hub: Rc<Hub>, connection: Rc<Connection>, link: Rc<Link>, key: usize) -> Self {
        Self {
            hub,
            connection,
            link,
            key,
        }
    }

    /// Joins the rooms of every socket, says hello, and begins to listen to the client.
    pub fn welcome(&self) -> impl Future<Output = ()> + 'static {
        let session = self.clone();
        async move {
            let member = session.connection.member.get();
            let organization = session
                .hub
                .join(&session.connection, Room::Organization(member.organization));
            let user = session.hub.join(&session.connection, Room::User(member.user));
            let (organization, user) = futures_util::future::join(organization, user).await;
            match (organization, user) {
                (Ok(organization), Ok(user)) => {
                    let rooms = [organization, user];
                    session.greet(
                        &member,
                        &rooms.each_ref().map(|joined| (joined.room, joined.cursor.get())),
                    );
                    let [organization, user] = rooms;
                    session.hub.attend(&session.connection, &organization);
                    session.hub.park(organization);
                    session.hub.park(user);
                    session.hub.open_mail(&session.connection);
                    session.link.release();
                }
                (Err(SubscribeError::UnknownRoom), _) | (_, Err(SubscribeError::UnknownRoom)) => {
                    session.end(&Close::new(codes::NOT_ALLOWED, "the room is not open to you"));
                }
                (Err(SubscribeError::Unavailable(_)), _) | (_, Err(SubscribeError::Unavailable(_))) => {
                    session.end(&Close::new(codes::FAILED, "rooms are unavailable: try again shortly"));
                }
            }
        }
    }

    fn greet(&self, member: &Member, rooms: &[(Room, Option<Position>)]) {
        let settings = &self.hub.api.settings.sockets;
        let rooms: Vec<(Room, Position)> = rooms
            .iter()
            .filter_map(|(room, position)| Some((*room, (*position)?)))
            .collect();
        let welcome = frames::welcome(self.connection.id, member, &rooms, settings.heartbeat, settings.dead);
        self.link.reply(welcome);
    }

    /// The user has too many sockets already.
    pub fn refuse_another(&self) {
        self.end(&Close::new(codes::TOO_MANY_SOCKETS, "you have too many open sockets"));
    }

    pub fn end(&self, close: &Close) {
        self.hub.end(&self.connection, close, false);
    }

    fn stands(&self) -> bool {
        self.hub.still_stands(&self.connection)
    }

    fn may_send(&self) -> bool {
        self.connection
            .may_send(self.hub.api.settings.sockets.frames_per_minute.get())
    }

    fn text(&self, text: &str) {
        let read = requests::read(text);
        let within = match &read {
            Ok((_, request)) if request.is_about_messages() => self.connection.may_mail(),
            Ok(_) | Err(_) => self.may_send(),
        };
        if !within {
            return self.flooded();
        }
        match read {
            Ok((id, Request::Ping)) => self.in_turn(move |session| {
                session.connection.followed();
                session.unpark(None);
                session.link.reply(frames::pong(id.as_ref()));
            }),
            Ok((id, request)) => self.hub.follow(&self.connection, self.clone().answer(id, request)),
            Err(refused) => self.in_turn(move |session| {
                let invalid = &refused.invalid;
                let answer = frames::error(refused.id.as_ref(), invalid.code, &invalid.message);
                session.link.reply(answer);
                session.connection.refuse();
            }),
        }
    }

    /// Does something when all frames before are answered, and before the next one is read.
    fn in_turn(&self, what: impl FnOnce(&Self) + 'static) {
        let session = self.clone();
        self.hub.in_turn(&self.connection, move || what(&session));
    }

    fn flooded(&self) {
        self.in_turn(|session| session.end(&codes::too_many_frames()));
    }

    /// Does what a frame asks for, and says how that went when all frames before are answered.
    async fn answer(self, id: Option<FrameId>, request: Request) -> Result<(), Refusal> {
        let place = self.connection.line.place();
        if !matches!(request, Request::Subscribe(..) | Request::Auth(_)) {
            self.unpark(None);
        }
        let id = id.as_ref();
        let outcome = match request {
            Request::Publish(room, name, data) if self.stands() => self.publish(id, place, &room, name, data).await,
            Request::Publish(..) => Ok(()),
            request if self.connection.turn(place).await => self.alone(id, request).await,
            _ => Ok(()),
        };
        self.connection.turn(place).await;
        outcome.inspect_err(|refusal| {
            self.link.reply(match refusal.retry_after {
                Some(wait) => frames::error_for_now(id, refusal.code, refusal.message, wait),
                None => frames::error(id, refusal.code, refusal.message),
            });
        })
    }

    /// Does what has to be done before the next frame is looked at.
    async fn alone(&self, id: Option<&FrameId>, request: Request) -> Result<(), Refusal> {
        match request {
            Request::Auth(token) => self.auth(id, &token),
            _ if !self.stands() => Ok(()),
            Request::Subscribe(room, resume) => self.subscribe(id, room, resume).await,
            Request::Unsubscribe(room) => self.unsubscribe(id, &room),
            Request::Presence(room) => self.presence(id, &room).await,
            Request::Send(draft) => self.send(id, &draft).await,
            Request::Acknowledge(up_to) => self.acknowledge(id, up_to).await,
            Request::Read(peer, up_to) => self.mark_read(id, peer, up_to).await,
            Request::Publish(..) | Request::Ping => Ok(()),
        }
    }

    /// Lets the rooms begin that wait for the client to resume, all of them or one.
    fn unpark(&self, only: Option<&Room>) {
        let rooms = self.connection.rooms.borrow().clone();
        for membership in rooms
            .iter()
            .filter(|membership| only.is_none_or(|room| *room == membership.room))
        {
            self.hub.unpark(membership);
        }
    }
}

impl tenon_websocket::Session for Session {
    fn received(&self, _: &Rc<Link>, received: Received) {
        let expected = matches!(received, Received::Pong) && self.connection.pinged.replace(false);
        self.hub.sockets.metrics.frames_in.inc();
        // A text is counted once it is known what it is about.
        if !expected && !matches!(received, Received::Text(_)) && !self.may_send() {
            return self.flooded();
        }
        match received {
            Received::Text(text) => self.text(&text),
            Received::Binary(_) => self.in_turn(|session| {
                let answer = frames::error(None, "malformed_frame", "Must be text, not bytes.");
                session.link.reply(answer);
                session.connection.refuse();
            }),
            Received::Part | Received::Ping | Received::Pong => {}
        }
    }

    fn over(&self, _: &Rc<Link>, close: Option<Close>) {
        self.in_turn(move |session| session.link.end(close.as_ref()));
    }

    fn drained(&self, _: &Rc<Link>) {
        self.hub.resume(&self.connection);
        self.hub.look_for_mail(&self.connection);
    }

    fn ended(&self) {
        self.hub.close(&self.connection, self.key);
    }
}
