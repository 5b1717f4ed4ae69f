use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};
use serde::Serialize;
use slab::Slab;
use tenon_websocket::{Close, Link};
use tokio::time::{MissedTickBehavior, interval};

use super::mailbox::Mailbox;
use super::session::Way;
use super::upgrade::Upgrading;
use super::{Engine, Listener, Packets, Session, Sid};
use crate::codes;

/// The sessions that one worker opened. Everything here belongs to the worker's thread.
pub struct Sessions {
    engine: Arc<Engine>,
    listener: Rc<dyn Listener>,
    all: RefCell<Slab<Rc<Session>>>,
    /// WebSockets that sessions, of whichever worker, are to be upgraded to.
    upgrades: RefCell<Slab<Rc<Upgrading>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Open<'a> {
    sid: &'a str,
    upgrades: &'a [&'static str],
    ping_interval: u128,
    ping_timeout: u128,
    max_payload: usize,
}

impl Sessions {
    /// Sessions for this worker, which are looked after as long as somebody has them.
    pub fn start(engine: Arc<Engine>, listener: Rc<dyn Listener>) -> Rc<Self> {
        let sessions = Rc::new(Self {
            engine,
            listener,
            all: RefCell::default(),
            upgrades: RefCell::default(),
        });
        rt::spawn(look_after(Rc::downgrade(&sessions)));
        sessions
    }

    /// Answers a request to the endpoint, whatever it is.
    pub async fn serve(self: &Rc<Self>, request: &HttpRequest, payload: Payload) -> HttpResponse {
        super::request::serve(self, request, payload).await
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Opens a session that is a WebSocket from the start, and says hello to it.
    pub(super) fn open_link(self: &Rc<Self>, sid: Sid, link: &Rc<Link>) -> Rc<Session> {
        self.engine.add(sid, None);
        let session = self.insert(sid, Way::Link(Rc::clone(link)));
        session.reply(&Packets::packet(&self.greeting(&sid, &[])));
        self.begin(&session);
        session
    }

    /// Opens a session that begins with polling, and says hello to it.
    pub(super) fn open_mailbox(self: &Rc<Self>, sid: Sid) -> String {
        let mailbox = Arc::new(Mailbox::new(self.engine.settings()));
        self.engine.add(sid, Some(Arc::clone(&mailbox)));
        let session = self.insert(sid, Way::Mailbox(Arc::clone(&mailbox)));
        self.begin(&session);
        rt::spawn(super::mailbox::own(mailbox, session));
        self.greeting(&sid, &["websocket"])
    }

    fn insert(self: &Rc<Self>, sid: Sid, way: Way) -> Rc<Session> {
        let mut all = self.all.borrow_mut();
        let place = all.vacant_entry();
        let session = Rc::new(Session::new(self, place.key(), sid, way));
        place.insert(Rc::clone(&session));
        session
    }

    fn begin(&self, session: &Rc<Session>) {
        let receiver = self.listener.opened(session);
        session.receive_with(receiver);
    }

    fn greeting(&self, sid: &Sid, upgrades: &[&'static str]) -> String {
        let settings = self.engine.settings();
        let open = Open {
            sid: &sid.text(),
            upgrades,
            ping_interval: settings.ping_interval.as_millis(),
            ping_timeout: settings.ping_timeout.as_millis(),
            max_payload: settings.max_payload,
        };
        // Text and numbers are always written.
        format!("0{}", serde_json::to_string(&open).unwrap_or_default())
    }

    pub(super) fn remove(&self, session: &Session) {
        self.engine.remove(session.sid());
        self.all.borrow_mut().try_remove(session.key());
    }

    pub(super) fn add_upgrade(&self, upgrade: Rc<Upgrading>) -> usize {
        self.upgrades.borrow_mut().insert(upgrade)
    }

    pub(super) fn remove_upgrade(&self, key: usize) {
        self.upgrades.borrow_mut().try_remove(key);
    }

    fn tick(&self) {
        let now = Instant::now();
        let settings = self.engine.settings();
        let sessions: Vec<_> = self
            .all
            .borrow()
            .iter()
            .map(|(_, session)| Rc::clone(session))
            .collect();
        for session in sessions {
            if self.engine.is_ending() {
                session.close(&Close::new(codes::RESTARTING, "the server is about to stop"));
            }
            session.look_after(settings, now);
        }
        let upgrades: Vec<_> = self.upgrades.borrow().iter().map(|(_, one)| Rc::clone(one)).collect();
        for upgrade in upgrades {
            upgrade.look_after(settings, now);
        }
    }
}

/// Keeps all sessions of a worker alive, with one timer.
async fn look_after(sessions: Weak<Sessions>) {
    let Some(period) = sessions.upgrade().map(|sessions| sessions.engine.settings().tick()) else {
        return;
    };
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        sessions.tick();
    }
}
