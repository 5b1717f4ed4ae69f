use std::rc::Rc;

use actix_web::web;
use futures_util::future::LocalBoxFuture;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use tenon_accounts::{ApiKeyToken, Claims};
use tenon_kernel::{Actor, Member};
use tenon_messages::DeviceId;
use tenon_rooms::{Position, Room, SubscribeError};
use tenon_socketio::{Accepted, Application, Connect, ConnectError, Socket};

use super::caller::{Beginning, Caller};
use super::cluster::Watchers;
use super::ear::{Ear, Feed};
use super::recovery::{self, Pass, Recovered};
use super::{CLUSTER, EVENTS, ROOMS};
use crate::Api;
use crate::socket::{Hub, Outlet, codes};

/// Lets clients of Socket.IO into namespaces.
pub(crate) struct Entrance {
    pub api: web::Data<Api>,
    pub hub: Rc<Hub>,
    pub watchers: Rc<Watchers>,
}

/// What a client says of itself when it connects. Whatever else it says is not for Tenon.
#[derive(Deserialize, Default)]
struct Introduction {
    token: Option<SecretString>,
    /// Of the connection that is to be recovered.
    pid: Option<String>,
    /// Of the last event that the client got.
    offset: Option<String>,
}

impl Introduction {
    fn read(auth: Option<&RawValue>) -> Self {
        auth.and_then(|auth| serde_json::from_str(auth.get()).ok())
            .unwrap_or_default()
    }
}

impl Application for Entrance {
    fn connect(self: Rc<Self>, connect: Connect) -> LocalBoxFuture<'static, Result<Accepted, ConnectError>> {
        Box::pin(async move {
            let Connect { socket, auth } = connect;
            let feed = match socket.namespace() {
                ROOMS => Feed::Rooms,
                EVENTS => Feed::Activities,
                CLUSTER => return self.watch(&Introduction::read(auth.as_deref()), socket),
                _ => return Err(ConnectError::invalid_namespace()),
            };
            self.enter(&Introduction::read(auth.as_deref()), socket, feed).await
        })
    }
}

impl Entrance {
    fn claims(&self, introduction: &Introduction) -> Result<Claims, ConnectError> {
        let token = introduction.token.as_ref().map(ExposeSecret::expose_secret);
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(ConnectError::new("Authentication token required"));
        };
        if ApiKeyToken::is_meant(token) {
            return Err(ConnectError::new("API keys open no sockets"));
        }
        let claims = self.api.accounts.recognize(token).ok();
        // A token that is recognized for some seconds longer would be ended at once.
        let good =
            |claims: &Claims| codes::of_standing(self.api.accounts.standing(claims, self.api.clock.now())).is_none();
        claims
            .filter(good)
            .ok_or_else(|| ConnectError::new("Invalid or expired token"))
    }

    fn watch(&self, introduction: &Introduction, socket: Rc<Socket>) -> Result<Accepted, ConnectError> {
        let claims = self.claims(introduction)?;
        let Actor::Operator { .. } = claims.actor() else {
            return Err(ConnectError::new("Operator access required"));
        };
        let admitted = self.watchers.admit(socket, claims);
        admitted.ok_or_else(|| ConnectError::new(UNAVAILABLE))
    }

    async fn enter(
        &self,
        introduction: &Introduction,
        socket: Rc<Socket>,
        feed: Feed,
    ) -> Result<Accepted, ConnectError> {
        let claims = self.claims(introduction)?;
        let Actor::Member(member) = claims.actor() else {
            return Err(ConnectError::new("The token is for no organization"));
        };
        let namespace = socket.namespace().to_owned();
        let ear = Ear::new(socket, feed);
        let outlet = Outlet::SocketIo(Rc::clone(&ear));
        let (connection, key, within) = self.hub.enter(outlet, claims, member, DeviceId::default());
        // Whoever is turned away from here on is taken out again when this is dropped.
        let caller = Caller::new(Rc::clone(&self.hub), connection, ear, key);
        if !within {
            return Err(ConnectError::new("Too many open sockets"));
        }
        let recovered = match (&introduction.pid, &introduction.offset) {
            (Some(pid), Some(offset)) => recovery::find(&self.hub, pid, offset, &member, &namespace, feed).await,
            (None, _) | (_, None) => None,
        };
        let (Pass { sid, pid }, rooms) = match recovered {
            Some(Recovered { pass, rooms }) => {
                let rooms = rooms.into_iter().map(|(room, position)| (room, Some(position)));
                (pass, rooms.collect())
            }
            None => {
                let pass = Pass::new(&self.api, &member, &namespace).map_err(|_| ConnectError::new(UNAVAILABLE))?;
                (pass, first_rooms(&member, feed))
            }
        };
        let (begun, gone) = self.join(&caller, rooms).await?;
        caller.begin(begun, gone, &pid);
        Ok(Accepted {
            sid,
            pid: Some(pid),
            handler: Rc::new(caller),
        })
    }

    /// Joins these rooms, and says which of those that the client was in before are gone.
    async fn join(
        &self,
        caller: &Caller,
        rooms: Vec<(Room, Option<Position>)>,
    ) -> Result<(Vec<Beginning>, Vec<Room>), ConnectError> {
        let connection = caller.connection();
        let (mut begun, mut gone) = (Vec::with_capacity(rooms.len()), Vec::new());
        for (room, since) in rooms {
            match self.hub.join(connection, room).await {
                Ok(membership) => {
                    self.hub.attend(connection, &membership);
                    begun.push(Beginning { membership, since });
                }
                Err(SubscribeError::UnknownRoom) if since.is_some() => gone.push(room),
                Err(SubscribeError::UnknownRoom) => return Err(ConnectError::new("The room is not open to you")),
                Err(SubscribeError::Unavailable(_)) => return Err(ConnectError::new(UNAVAILABLE)),
            }
        }
        Ok((begun, gone))
    }
}

/// The rooms that a client is in by itself, and where it begins to hear of them: now.
fn first_rooms(member: &Member, feed: Feed) -> Vec<(Room, Option<Position>)> {
    let organization = Room::Organization(member.organization);
    match feed {
        Feed::Rooms => vec![(organization, None), (Room::User(member.user), None)],
        Feed::Activities => vec![(organization, None)],
    }
}

const UNAVAILABLE: &str = "Something the server depends on did not answer. Try again shortly.";
