//! Who comes and goes, for sockets that asked. Looked at once for all sockets of a worker, so that thousands who come at
//! once are no flood, and what an instance that died left behind is told, too.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use actix_web::rt;
use tenon_kernel::{Principal, UserId};
use tenon_rooms::{Present, Room};

use super::frames::{self, Change};
use super::hub::Hub;
use super::room::Membership;

/// Looks at a room every so many ticks: each second.
const EVERY: u32 = 4;

/// A room whose presence somebody follows.
pub(super) struct Watched {
    known: RefCell<BTreeSet<UserId>>,
    looking: Cell<bool>,
}

/// What somebody who follows a room's presence was told of it.
pub(crate) struct Watch {
    /// Those about whom that differs from what is known of the room.
    astray: BTreeSet<UserId>,
    /// It was told since the room was looked at, which may show less than that.
    fresh: bool,
}

impl Hub {
    /// Tells the membership from now on who comes and goes. `present` is what it was told last.
    pub(super) fn watch(&self, membership: &Membership, present: &[Present]) {
        let told: BTreeSet<UserId> = present.iter().map(|present| present.user).collect();
        let mut rooms = self.watched.borrow_mut();
        let watched = rooms.entry(membership.room).or_insert_with(|| {
            Rc::new(Watched {
                known: RefCell::new(told.clone()),
                looking: Cell::new(false),
            })
        });
        let astray = &told ^ &*watched.known.borrow();
        membership.watch.replace(Some(Watch { astray, fresh: true }));
    }

    /// Lets those go from the presences who left, and looks who came and went.
    pub(super) fn look_at_presence(self: &Rc<Self>) {
        for attendance in self.departed.take() {
            let hub = Rc::clone(self);
            rt::spawn(async move {
                if let Err(error) = hub.api.rooms.exit(&attendance).await {
                    tracing::debug!(%error, "a connection is taken out later");
                }
            });
        }
        if !self.ticks.get().is_multiple_of(EVERY) {
            return;
        }
        let rooms: Vec<_> = self
            .watched
            .borrow()
            .iter()
            .filter(|(_, watched)| !watched.looking.get())
            .map(|(room, watched)| (*room, Rc::clone(watched)))
            .collect();
        for (room, watched) in rooms {
            let watchers = self.watchers(&room);
            let Some(first) = watchers.first() else {
                self.watched.borrow_mut().remove(&room);
                continue;
            };
            for watch in watchers.iter().map(|watcher| &watcher.watch) {
                watch.borrow_mut().iter_mut().for_each(|watch| watch.fresh = false);
            }
            watched.looking.set(true);
            let by = first.connection.member.get().principal();
            rt::spawn(look(Rc::clone(self), room, watched, by));
        }
    }

    fn watchers(&self, room: &Room) -> Vec<Rc<Membership>> {
        let members = self.rooms.borrow().get(room).cloned();
        let mut watchers = members.map(|members| members.all()).unwrap_or_default();
        watchers.retain(|member| member.watch.borrow().is_some());
        watchers
    }
}

async fn look(hub: Rc<Hub>, room: Room, watched: Rc<Watched>, by: Principal) {
    let present = hub.api.rooms.present(&by, &room).await;
    watched.looking.set(false);
    let Ok(present) = present else { return };
    let now: BTreeSet<UserId> = present.iter().map(|present| present.user).collect();
    let changed = &watched.known.replace(now.clone()) ^ &now;
    let mut frames = BTreeMap::new();
    for watcher in hub.watchers(&room) {
        let Some(told) = watcher.tells(&changed) else { continue };
        for user in told {
            let frame = frames.entry(user).or_insert_with(|| {
                let change = if now.contains(&user) {
                    Change::Joined(user)
                } else {
                    Change::Left(user)
                };
                frames::presence(&room, change)
            });
            if let Some(link) = watcher.connection.outlet.native() {
                // Who has no room for it asks again with `presence`.
                link.push(frame, 1);
            }
        }
    }
}

impl Membership {
    /// Whom it is to be told of now that it is known of these that they came or went.
    fn tells(&self, changed: &BTreeSet<UserId>) -> Option<BTreeSet<UserId>> {
        let mut watch = self.watch.borrow_mut();
        let watch = watch.as_mut()?;
        let astray = &watch.astray ^ changed;
        if watch.fresh {
            watch.astray = astray;
            return None;
        }
        watch.astray.clear();
        Some(astray)
    }
}
