//! The namespace of the operator: instances and nodes, and what changes there.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use actix_web::{rt, web};
use slab::Slab;
use tenon_accounts::Claims;
use tenon_cluster::Snapshot;
use tenon_socketio::{Accepted, Handler, Incoming, Packets, Reason, Sid, Socket};
use tokio::time::timeout;

use super::packets::{self, json};
use super::{CLUSTER, replies};
use crate::Api;
use crate::dto::cluster::ClusterView;
use crate::socket::codes;

/// How often tokens are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Who watches the cluster on one worker.
pub(crate) struct Watchers {
    api: web::Data<Api>,
    all: RefCell<Slab<Rc<Watcher>>>,
    /// Somebody follows what changes, for as long as anybody watches.
    following: Cell<bool>,
}

struct Watcher {
    socket: Rc<Socket>,
    claims: Claims,
    /// It was sent the snapshot.
    welcomed: Cell<bool>,
}

impl Watchers {
    pub fn new(api: &web::Data<Api>) -> Rc<Self> {
        Rc::new(Self {
            api: api.clone(),
            all: RefCell::default(),
            following: Cell::new(false),
        })
    }

    /// Lets an operator watch. Nothing without random numbers.
    pub fn admit(self: &Rc<Self>, socket: Rc<Socket>, claims: Claims) -> Option<Accepted> {
        let sid = Sid::random()?.text();
        let watcher = Rc::new(Watcher {
            socket,
            claims,
            welcomed: Cell::new(false),
        });
        let key = self.all.borrow_mut().insert(Rc::clone(&watcher));
        if !self.following.replace(true) {
            rt::spawn(follow(Rc::clone(self)));
        }
        Some(Accepted {
            sid,
            pid: None,
            handler: Rc::new(Seat {
                watchers: Rc::downgrade(self),
                watcher,
                key,
            }),
        })
    }

    fn tell(&self, snapshot: &Snapshot) {
        let update = view("cluster:update", snapshot);
        for (_, watcher) in self.all.borrow().iter().filter(|(_, watcher)| watcher.welcomed.get()) {
            // Who takes nothing for long is ended; the next update says everything anyway.
            watcher.socket.push(&update);
        }
    }

    fn look_after(&self) {
        let all: Vec<Rc<Watcher>> = self
            .all
            .borrow()
            .iter()
            .map(|(_, watcher)| Rc::clone(watcher))
            .collect();
        let now = self.api.clock.now();
        for watcher in all {
            let close = if self.api.sockets.is_draining() {
                Some(codes::restarting())
            } else {
                codes::of_standing(self.api.accounts.standing(&watcher.claims, now))
            };
            if let Some(close) = close {
                packets::end(&watcher.socket, &close);
            }
        }
    }
}

async fn follow(watchers: Rc<Watchers>) {
    let mut known = watchers.api.cluster.snapshot().update;
    while !watchers.all.borrow().is_empty() {
        if let Ok(snapshot) = timeout(LOOK, watchers.api.cluster.changed(known)).await {
            known = snapshot.update;
            watchers.tell(&snapshot);
        }
        watchers.look_after();
    }
    watchers.following.set(false);
}

/// A watcher's place, until it goes.
struct Seat {
    watchers: Weak<Watchers>,
    watcher: Rc<Watcher>,
    key: usize,
}

impl Handler for Seat {
    fn welcomed(&self) {
        if let Some(watchers) = self.watchers.upgrade() {
            let snapshot = watchers.api.cluster.snapshot();
            self.watcher.socket.reply(&view("cluster:snapshot", &snapshot));
            self.watcher.welcomed.set(true);
        }
    }

    fn event(&self, incoming: Incoming) {
        let (code, message) = ("unknown_event", "There is no such event here.");
        replies::refused(&self.watcher.socket, &incoming.name, incoming.ack, code, message);
    }

    fn drained(&self) {}

    fn ponged(&self) {}

    fn flooded(&self) {
        packets::end(&self.watcher.socket, &codes::too_many_frames());
    }

    fn disconnected(&self, _: Reason) {}
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(watchers) = self.watchers.upgrade() {
            watchers.all.borrow_mut().try_remove(self.key);
        }
    }
}

fn view(name: &str, snapshot: &Snapshot) -> Packets {
    Packets::event(CLUSTER, name, &[&json(&ClusterView::of(snapshot))])
}
