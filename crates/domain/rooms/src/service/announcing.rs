use std::collections::HashMap;
use std::iter;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tenon_kernel::{About, Activity, ActivityId, Clock, OrganizationId, Unavailable};

use super::Rooms;
use crate::{EventKey, NewEvent, Outbox, Room};

/// How many rooms are told at the same time; each of them one event after the other, so that they keep their order.
const AT_ONCE: usize = 64;

/// The most activities that are struck out at once.
const STRUCK_OUT: usize = 1024;

/// What is not told this long after it happened was left behind by an instance that died, or could not tell it.
const LEFT_BEHIND: Duration = Duration::from_secs(3);

/// Writes an activity out as rooms hear it.
pub type Rendering = fn(&Activity) -> Result<NewEvent, Unavailable>;

/// Tells rooms what happened, as soon as it is stored.
///
/// What is told twice, because nobody knows whether it was told before, is heard once as long as the rooms keep it.
#[derive(Clone)]
pub struct Announcer {
    outbox: Arc<dyn Outbox>,
    rooms: Rooms,
    clock: Arc<dyn Clock>,
    render: Rendering,
    /// What is told and not struck out yet.
    told: Arc<Mutex<Vec<ActivityId>>>,
}

impl Announcer {
    /// Tells what is in the outbox, as `render` writes it.
    pub fn new(outbox: Arc<dyn Outbox>, rooms: Rooms, clock: Arc<dyn Clock>, render: Rendering) -> Self {
        Self {
            outbox,
            rooms,
            clock,
            render,
            told: Arc::default(),
        }
    }

    /// Waits until this process has stored something, and tells it. It is for [`Announcer::strike_out`] to strike that out, because to do
    /// so for many costs the store little more than for one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; then [`Announcer::tell_all`] tells what is left, in order.
    pub async fn tell_fresh(&self) -> Result<(), Unavailable> {
        let Some(activities) = self.outbox.fresh().await else {
            return self.tell_all().await;
        };
        self.tell(&activities).await?;
        self.told().extend(ids(&activities));
        Ok(())
    }

    /// Strikes out what was fresh and is told, within a second: what is not struck out is taken for left behind.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what is not struck out is told once more.
    pub async fn strike_out(&self) -> Result<(), Unavailable> {
        let told = mem::take(&mut *self.told());
        for told in told.chunks(STRUCK_OUT) {
            self.outbox.told(told).await?;
        }
        Ok(())
    }

    /// Tells what was left behind, by whichever instance.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what is left can be told later.
    pub async fn tell_left_behind(&self) -> Result<(), Unavailable> {
        self.catch_up(LEFT_BEHIND).await
    }

    /// Tells everything that is not told yet.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what is left can be told later.
    pub async fn tell_all(&self) -> Result<(), Unavailable> {
        self.catch_up(Duration::ZERO).await
    }

    async fn catch_up(&self, age: Duration) -> Result<(), Unavailable> {
        let before = self.clock.now().minus(age);
        self.strike_out().await?;
        loop {
            let activities = self.outbox.untold(before).await?;
            if activities.is_empty() {
                return Ok(());
            }
            self.tell(&activities).await?;
            self.outbox.told(&ids(&activities).collect::<Vec<_>>()).await?;
        }
    }

    fn told(&self) -> MutexGuard<'_, Vec<ActivityId>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell(&self, activities: &[Activity]) -> Result<(), Unavailable> {
        let mut rooms: HashMap<Room, Vec<_>> = HashMap::new();
        for activity in activities {
            let event = Arc::new((self.render)(activity)?);
            let key = EventKey(*activity.id.as_bytes());
            for room in audience(activity) {
                rooms.entry(room).or_default().push((Arc::clone(&event), key));
            }
        }
        let tell = async |(room, events): (Room, Vec<(Arc<NewEvent>, EventKey)>)| {
            for (event, key) in events {
                self.rooms.announce(&room, &event, Some(key)).await?;
            }
            Ok(())
        };
        stream::iter(rooms)
            .map(tell)
            .buffer_unordered(AT_ONCE)
            .try_for_each(async |()| Ok(()))
            .await
    }
}

fn ids(activities: &[Activity]) -> impl Iterator<Item = ActivityId> {
    activities.iter().map(|activity| activity.id)
}

/// The rooms in which it is heard: the organization's, and those of what it happened to, each once.
fn audience(activity: &Activity) -> impl Iterator<Item = Room> {
    let mut rooms = Vec::with_capacity(5);
    let of_organization = |organization| rooms_of(organization, &activity.about);
    rooms.extend(activity.organization.into_iter().flat_map(of_organization));
    match activity.about {
        About::Member { user, .. } | About::Session { user, .. } => rooms.push(Room::User(user)),
        About::Asset { .. }
        | About::Site { .. }
        | About::Unit { .. }
        | About::Organization { .. }
        | About::Notification { .. } => {}
    }
    rooms.into_iter()
}

fn rooms_of(organization: OrganizationId, about: &About) -> impl Iterator<Item = Room> {
    let (sites, units) = match *about {
        About::Asset { place, left, .. } => (
            [place.site, left.site.filter(|_| left.site != place.site)],
            [place.unit, left.unit.filter(|_| left.unit != place.unit)],
        ),
        About::Site { site, .. } => ([Some(site), None], [None, None]),
        About::Unit { unit, site, .. } => ([Some(site), None], [Some(unit), None]),
        About::Member { .. } | About::Organization { .. } | About::Session { .. } | About::Notification { .. } => {
            ([None, None], [None, None])
        }
    };
    let sites = sites
        .into_iter()
        .flatten()
        .map(move |site| Room::Site(organization, site));
    let units = units
        .into_iter()
        .flatten()
        .map(move |unit| Room::Unit(organization, unit));
    iter::once(Room::Organization(organization)).chain(sites).chain(units)
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Act, Id, Place, Timestamp, Verb, Version};

    use super::*;

    fn id<T>(number: i64) -> Id<T> {
        Id::at(Timestamp::from_micros(number))
    }

    #[test]
    fn a_moved_asset_is_heard_of_where_it_was_and_where_it_is_each_once() {
        let organization = id(1);
        let place = |site, unit| Place {
            site: Some(site),
            unit: Some(unit),
        };
        let (site, unit, other) = (id(2), id(3), id(4));
        let act = Act::of(id(5), Timestamp::from_micros(6));
        let moved = |place, left| {
            let about = About::Asset {
                asset: id(7),
                owner: id(5),
                version: Version::FIRST,
                place,
                left,
            };
            audience(&Activity::new(organization, act, about, Verb::Updated)).collect::<Vec<_>>()
        };
        let home = Room::Organization(organization);
        assert_eq!(moved(Place::default(), Place::default()), [home]);
        assert_eq!(
            moved(place(site, unit), place(site, other)),
            [
                home,
                Room::Site(organization, site),
                Room::Unit(organization, unit),
                Room::Unit(organization, other)
            ]
        );
        assert_eq!(
            moved(Place::default(), place(site, unit)),
            [home, Room::Site(organization, site), Room::Unit(organization, unit)]
        );
    }

    #[test]
    fn a_session_is_its_persons_own_matter() {
        let (user, at) = (id(1), Timestamp::from_micros(2));
        let started = Activity::of_session(id(3), user, at, Verb::Created);
        assert_eq!(audience(&started).collect::<Vec<_>>(), [Room::User(user)]);
    }
}
