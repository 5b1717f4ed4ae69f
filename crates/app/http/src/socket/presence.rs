//! Who comes and goes, for sockets that asked. Looked at once for all sockets of a worker, so that thousands who come at
//! once are no flood, and what an instance that died left behind is told, too.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use actix_web::rt;
use tenon_kernel::UserId;
use tenon_rooms::Present;

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

impl Hub {
    /// Tells the membership from now on who comes and goes. `present` is what it was told last.
    pub(super) fn watch(&self, membership: &Membership, present: &[Present]) {
        membership.watches.set(true);
        self.watched.borrow_mut().entry(membership.room).or_insert_with(|| {
            Rc::new(Watched {
                known: RefCell::new(present.iter().map(|present| present.user).collect()),
                looking: Cell::new(false),
            })
        });
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
            .map(|(room, watched)| (*room, Rc::clone(watched)))
            .collect();
        for (room, watched) in rooms {
            let watchers: Vec<Rc<Membership>> = match self.rooms.borrow().get(&room) {
                Some(members) => members
                    .all()
                    .into_iter()
                    .filter(|member| member.watches.get())
                    .collect(),
                None => Vec::new(),
            };
            match watchers.first() {
                None => drop(self.watched.borrow_mut().remove(&room)),
                Some(_) if watched.looking.replace(true) => {}
                Some(_) => drop(rt::spawn(look(Rc::clone(self), watched, watchers))),
            }
        }
    }
}

async fn look(hub: Rc<Hub>, watched: Rc<Watched>, watchers: Vec<Rc<Membership>>) {
    let Some(first) = watchers.first() else { return };
    let room = first.room;
    let present = hub
        .api
        .rooms
        .present(&first.connection.member.get().principal(), &room)
        .await;
    watched.looking.set(false);
    let Ok(present) = present else { return };
    let now: BTreeSet<UserId> = present.iter().map(|present| present.user).collect();
    let before = watched.known.replace(now.clone());
    let joined = now.difference(&before).map(|user| Change::Joined(*user));
    let left = before.difference(&now).map(|user| Change::Left(*user));
    for change in joined.chain(left) {
        let frame = frames::presence(&room, change);
        let links = watchers
            .iter()
            .filter(|watcher| !watcher.left.get())
            .filter_map(|watcher| watcher.connection.outlet.native());
        for link in links {
            // Who has no room for it asks again with `presence`.
            link.push(&frame, 1);
        }
    }
}
