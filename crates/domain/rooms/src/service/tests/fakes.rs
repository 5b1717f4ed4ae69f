//! An organization in memory, and ports that write down what reached them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt;
use parking_lot::Mutex;
use tenon_kernel::{
    Answered, Answers, Clock, Id, Limit, Member, Once, OnceKey, OrganizationId, Remembered, Role, SiteId, Timestamp,
    Unavailable, UnitId, UserId,
};

use crate::{
    Attendance, Broker, Directory, Epoch, Event, EventKey, NewEvent, Offset, Position, Presences, Present, Replay,
    Room, Rooms, RoomsPorts,
};

/// The fakes never wait.
pub fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().unwrap()
}

/// An id that is the same for the same number.
pub fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(uuid::Uuid::from_u128(number))
}

/// An organization with a site, a unit, a person who is also elsewhere, and one who is not.
#[derive(Debug, Clone, Copy)]
pub struct Tenant {
    pub organization: OrganizationId,
    pub site: SiteId,
    pub unit: UnitId,
    pub user: UserId,
}

impl Tenant {
    pub fn number(number: u128) -> Self {
        Self {
            organization: id(number * 16 + 1),
            site: id(number * 16 + 2),
            unit: id(number * 16 + 3),
            user: id(number * 16 + 4),
        }
    }

    pub fn member(&self, role: Role) -> Member {
        Member {
            user: self.user,
            organization: self.organization,
            role,
            session: id(99),
        }
    }

    pub fn rooms(&self) -> [Room; 4] {
        [
            Room::Organization(self.organization),
            Room::Site(self.organization, self.site),
            Room::Unit(self.organization, self.unit),
            Room::User(self.user),
        ]
    }
}

/// What reached the ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Publish(Room, NewEvent, Option<EventKey>),
    Since(Room),
    Latest(Room),
    Join(Room),
    Leave(Room),
    Enter(Attendance),
    Exit(Attendance),
    List(Room),
}

#[derive(Default)]
pub struct World {
    tenants: HashSet<u128>,
    calls: Mutex<Vec<Call>>,
    answers: Mutex<HashMap<[u8; 32], Remembered>>,
}

impl World {
    pub fn of(tenants: &[u128]) -> Arc<Self> {
        Arc::new(Self {
            tenants: tenants.iter().copied().collect(),
            ..Self::default()
        })
    }

    pub fn rooms(self: &Arc<Self>) -> Rooms {
        Rooms::new(RoomsPorts {
            broker: self.clone(),
            presences: self.clone(),
            directory: self.clone(),
            answers: self.clone(),
            clock: Arc::new(Noon),
        })
    }

    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock())
    }

    fn note(&self, call: Call) {
        self.calls.lock().push(call);
    }

    fn any(&self, holds: impl Fn(Tenant) -> bool) -> bool {
        self.tenants.iter().any(|number| holds(Tenant::number(*number)))
    }
}

pub struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }
}

fn here() -> Position {
    Position {
        epoch: Epoch::parse(&"0".repeat(32)).unwrap(),
        offset: Offset::new(7),
    }
}

#[async_trait]
impl Broker for World {
    async fn publish(&self, room: &Room, event: &NewEvent, once: Option<EventKey>) -> Result<Position, Unavailable> {
        self.note(Call::Publish(*room, event.clone(), once));
        Ok(here())
    }

    async fn position(&self, _room: &Room) -> Result<Position, Unavailable> {
        Ok(here())
    }

    async fn since(&self, room: &Room, _position: Position) -> Result<Replay, Unavailable> {
        self.note(Call::Since(*room));
        Ok(Replay::Gap(here()))
    }

    async fn latest(&self, room: &Room, _most: Limit) -> Result<Vec<Arc<Event>>, Unavailable> {
        self.note(Call::Latest(*room));
        Ok(Vec::new())
    }

    async fn join(&self, room: &Room) -> Result<Position, Unavailable> {
        self.note(Call::Join(*room));
        Ok(here())
    }

    fn leave(&self, room: &Room) {
        self.note(Call::Leave(*room));
    }
}

#[async_trait]
impl Presences for World {
    async fn enter(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        self.note(Call::Enter(*attendance));
        Ok(true)
    }

    async fn leave(&self, attendance: &Attendance) -> Result<bool, Unavailable> {
        self.note(Call::Exit(*attendance));
        Ok(true)
    }

    async fn list(&self, room: &Room) -> Result<Vec<Present>, Unavailable> {
        self.note(Call::List(*room));
        Ok(Vec::new())
    }
}

#[async_trait]
impl Answers for World {
    async fn claim(&self, key: &OnceKey, at: Timestamp) -> Result<Answered, Unavailable> {
        let (key, answer) = (*key, Vec::new());
        let mut answers = self.answers.lock();
        let kept = answers.entry(key.scope).or_insert(Remembered { key, answer, at });
        Ok(match kept.answer.as_slice() {
            _ if kept.key != key => Answered::Otherwise,
            [] => Answered::Never,
            answer => Answered::With(answer.to_vec()),
        })
    }

    async fn keep(&self, remembered: &Remembered) -> Result<(), Unavailable> {
        let mut answers = self.answers.lock();
        let kept = answers
            .entry(remembered.key.scope)
            .or_insert_with(|| remembered.clone());
        if kept.key == remembered.key && kept.answer.is_empty() {
            kept.answer.clone_from(&remembered.answer);
        }
        Ok(())
    }
}

/// A request that is sent with a key or without, and whose answer is the offset.
pub fn once(key: Option<OnceKey>) -> Once<'static, Position> {
    Once::new(key, &|position: &Position| Ok(position.offset.to_string().into_bytes()))
}

#[async_trait]
impl Directory for World {
    async fn has_site(&self, organization: OrganizationId, site: SiteId) -> Result<bool, Unavailable> {
        Ok(self.any(|tenant| tenant.organization == organization && tenant.site == site))
    }

    async fn has_unit(&self, organization: OrganizationId, unit: UnitId) -> Result<bool, Unavailable> {
        Ok(self.any(|tenant| tenant.organization == organization && tenant.unit == unit))
    }

    async fn has_member(&self, organization: OrganizationId, user: UserId) -> Result<bool, Unavailable> {
        Ok(self.any(|tenant| tenant.organization == organization && tenant.user == user))
    }
}
