//! Socket.IO's connection state recovery: a client that was cut off comes back with `pid` and the offset of the last event that
//! it got, and goes on there (Socket.IO, "Connection state recovery").
//!
//! What is needed for it is kept for [`LIFE`] where every instance finds it. For the feed nothing has to be kept, because it has one
//! room and the offset says it all.

use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Member, Quota, Unavailable, UserId};
use tenon_rooms::{Epoch, Offset, Position, ReadRoomError, Replay, Room};
use tenon_socketio::Sid;

use super::ear::Feed;
use super::trail::Trail;
use crate::socket::Hub;
use crate::{Api, sealed};

/// As long as Socket.IO's own server does by default.
const LIFE: Duration = Duration::from_secs(120);

/// How often one user's clients are kept, so that nobody takes the room of others.
const KEPT: Quota = Quota::per_minute("recoveries", NonZeroU32::MIN.saturating_add(59));

const CONTEXT: &[u8] = b"recovery of a socket";

/// What a client is known by, and what it comes back with.
pub(super) struct Pass {
    /// The client's id, which stays the same.
    pub sid: String,
    /// The same with whose connection it is, sealed.
    pub pid: String,
}

#[derive(Serialize, Deserialize)]
struct Owner {
    sid: String,
    user: String,
    organization: String,
    namespace: String,
}

impl Pass {
    /// For a connection that nobody had before.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] without randomness.
    pub fn new(api: &Api, member: &Member, namespace: &str) -> Result<Self, Unavailable> {
        let sid = Sid::random().ok_or_else(|| Unavailable::new("socketio", "no random numbers"))?;
        let owner = Owner {
            sid: sid.text(),
            user: member.user.to_string(),
            organization: member.organization.to_string(),
            namespace: namespace.to_owned(),
        };
        let json = serde_json::to_vec(&owner).map_err(|error| Unavailable::new("socketio", error))?;
        Ok(Self {
            sid: owner.sid,
            pid: sealed::seal(&*api.seal, &json, CONTEXT)?,
        })
    }

    /// Nothing when it is no pass of this member for this namespace.
    fn open(api: &Api, pid: &str, member: &Member, namespace: &str) -> Option<Self> {
        let owner: Owner = serde_json::from_slice(&sealed::open(&*api.seal, pid, CONTEXT)?).ok()?;
        let is_theirs = owner.user == member.user.to_string()
            && owner.organization == member.organization.to_string()
            && owner.namespace == namespace;
        is_theirs.then(|| Self {
            sid: owner.sid,
            pid: pid.to_owned(),
        })
    }
}

/// A connection that goes on.
pub(super) struct Recovered {
    pub pass: Pass,
    pub rooms: Vec<(Room, Position)>,
}

/// Keeps what a client was told, under its `pid`.
pub(super) fn keep(hub: &Rc<Hub>, user: UserId, pid: &str, trail: &Trail) {
    let Ok(state) = serde_json::to_vec(&trail.written()) else {
        return;
    };
    let (hub, key) = (Rc::clone(hub), sealed::digest(pid));
    let leaving = hub.sockets.leaving();
    rt::spawn(async move {
        let standing = hub.api.limits.take(&KEPT, &format!("user:{user}")).await;
        if standing.allowed()
            && let Err(error) = hub.api.recoveries.keep(key, state, LIFE).await
        {
            tracing::debug!(%error, "a client is not recovered");
        }
        drop(leaving);
    });
}

/// What the client of an earlier connection goes on with: everything, or nothing.
pub(super) async fn find(
    hub: &Rc<Hub>,
    pid: &str,
    offset: &str,
    member: &Member,
    namespace: &str,
    feed: Feed,
) -> Option<Recovered> {
    let api = &hub.api;
    let pass = Pass::open(api, pid, member, namespace)?;
    let position = position(offset)?;
    let rooms = match feed {
        Feed::Activities => vec![(Room::Organization(member.organization), position)],
        Feed::Rooms => {
            let state = api.recoveries.take(sealed::digest(pid)).await.ok()??;
            Trail::read(&serde_json::from_slice(&state).ok()?)?.resume(position)?
        }
    };
    let reaching = rooms
        .iter()
        .map(|(room, since)| reaches_back(api, member, room, *since));
    let all = join_all(reaching).await.into_iter().all(|reaches| reaches);
    all.then_some(Recovered { pass, rooms })
}

/// Whether everything since a position is there, or the room is not.
async fn reaches_back(api: &Api, member: &Member, room: &Room, since: Position) -> bool {
    match api.rooms.replay(&member.principal(), room, since).await {
        Ok(Replay::Events(_)) | Err(ReadRoomError::UnknownRoom) => true,
        Ok(Replay::Gap(_)) | Err(ReadRoomError::Unavailable(_)) => false,
    }
}

/// Reads what [`packets::offset`](super::packets::offset) wrote.
pub(super) fn position(text: &str) -> Option<Position> {
    let (epoch, offset) = text.split_once(':')?;
    Some(Position {
        epoch: Epoch::parse(epoch).ok()?,
        offset: Offset::new(offset.parse().ok()?),
    })
}
