use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;

use tenon_websocket::{Close, Link};

use super::mailbox::Mailbox;
use super::packet::{Arrived, PING};
use super::{EngineSettings, Packets, Reason, Receiver, Sessions, Sid};
use crate::codes;

/// A client's session. It belongs to the worker that opened it.
pub struct Session {
    sessions: Weak<Sessions>,
    key: usize,
    sid: Sid,
    way: Way,
    receiver: RefCell<Option<Rc<dyn Receiver>>>,
    holds: Cell<u32>,
    reason: Cell<Option<Reason>>,
    /// The last sign of life that was asked for, or the beginning.
    alive: Cell<Instant>,
    pinged: Cell<bool>,
    /// Since when the client is in no namespace, if that matters.
    unconnected: Cell<Option<Instant>>,
    namespaces: Cell<u32>,
    gone: Cell<bool>,
}

/// How the client is reached.
pub(super) enum Way {
    Link(Rc<Link>),
    Mailbox(Arc<Mailbox>),
}

impl Session {
    pub(super) fn new(sessions: &Rc<Sessions>, key: usize, sid: Sid, way: Way) -> Self {
        Self {
            sessions: Rc::downgrade(sessions),
            key,
            sid,
            way,
            receiver: RefCell::default(),
            holds: Cell::new(0),
            reason: Cell::new(None),
            alive: Cell::new(Instant::now()),
            pinged: Cell::new(false),
            unconnected: Cell::new(None),
            namespaces: Cell::new(0),
            gone: Cell::new(false),
        }
    }

    /// Sends packets; false, and nothing is sent, when too much waits already or the session is closing.
    pub fn push(&self, packets: &Packets) -> bool {
        match &self.way {
            Way::Link(link) => link.push(&packets.frames, packets.count),
            Way::Mailbox(mailbox) => mailbox.push(packets),
        }
    }

    /// Sends the answer to something that came, however much waits.
    pub fn reply(&self, packets: &Packets) {
        match &self.way {
            Way::Link(link) => link.reply(packets.frames.clone()),
            Way::Mailbox(mailbox) => mailbox.reply(packets),
        }
    }

    /// Takes nothing from the client until [`Session::release`] was called as often as this.
    pub fn hold(&self) {
        self.holds.set(self.holds.get() + 1);
        match &self.way {
            Way::Link(link) => link.hold(),
            Way::Mailbox(mailbox) => mailbox.hold(true),
        }
    }

    /// Takes back one [`Session::hold`].
    pub fn release(&self) {
        let holds = self.holds.get().saturating_sub(1);
        self.holds.set(holds);
        if holds > 0 {
            return;
        }
        match &self.way {
            Way::Link(link) => link.release(),
            Way::Mailbox(mailbox) => mailbox.hold(false),
        }
    }

    /// Whether neither side has ended it.
    pub fn is_open(&self) -> bool {
        match &self.way {
            Way::Link(link) => link.is_open(),
            Way::Mailbox(mailbox) => mailbox.is_open(),
        }
    }

    /// The number of packets that wait.
    pub fn queued(&self) -> usize {
        match &self.way {
            Way::Link(link) => link.queued(),
            Way::Mailbox(mailbox) => mailbox.queued(),
        }
    }

    /// Whether half of what may wait would still fit.
    pub fn has_drained(&self) -> bool {
        match &self.way {
            Way::Link(link) => link.has_drained(),
            Way::Mailbox(mailbox) => mailbox.has_drained(),
        }
    }

    /// Sends what waits, then ends the connection.
    pub fn close(&self, close: &Close) {
        self.end(close, Reason::Ended, false);
    }

    /// Drops what waits and ends the connection.
    pub fn abort(&self, close: &Close) {
        self.end(close, Reason::Ended, true);
    }

    /// The client broke a rule of the protocol above.
    pub(crate) fn refuse(&self, what: &'static str) {
        self.end(&Close::new(codes::PROTOCOL_ERROR, what), Reason::Violation, true);
    }

    pub(super) fn end(&self, close: &Close, reason: Reason, drop_waiting: bool) {
        if self.is_open() {
            self.reason.set(Some(reason));
        }
        match (&self.way, drop_waiting) {
            (Way::Link(link), false) => link.close(close),
            (Way::Link(link), true) => link.abort(close),
            (Way::Mailbox(mailbox), _) => mailbox.close(close, reason, drop_waiting),
        }
    }

    /// The client must be in a namespace before long.
    pub(crate) fn expect_namespace(&self) {
        if self.unconnected.replace(Some(Instant::now())).is_none()
            && let Some(sessions) = self.sessions.upgrade()
        {
            sessions.engine().unconnected(true);
        }
    }

    /// The client entered a namespace.
    pub(crate) fn enter_namespace(&self) {
        self.namespaces.set(self.namespaces.get() + 1);
        self.expect_no_namespace();
    }

    /// The client left one.
    pub(crate) fn leave_namespace(&self) {
        let left = self.namespaces.get().saturating_sub(1);
        self.namespaces.set(left);
        if left == 0 && self.is_open() {
            self.expect_namespace();
        }
    }

    fn expect_no_namespace(&self) {
        if self.unconnected.take().is_some()
            && let Some(sessions) = self.sessions.upgrade()
        {
            sessions.engine().unconnected(false);
        }
    }

    pub(super) fn sid(&self) -> &Sid {
        &self.sid
    }

    pub(super) fn key(&self) -> usize {
        self.key
    }

    pub(super) fn receive_with(&self, receiver: Rc<dyn Receiver>) {
        *self.receiver.borrow_mut() = Some(receiver);
    }

    fn receiver(&self) -> Option<Rc<dyn Receiver>> {
        self.receiver.borrow().clone()
    }

    /// Something came.
    pub(super) fn take(&self, arrived: Arrived) {
        match arrived {
            Arrived::Text(text) => {
                if let Some(receiver) = self.receiver() {
                    receiver.text(text);
                }
            }
            Arrived::Binary(bytes) => {
                if let Some(receiver) = self.receiver() {
                    receiver.binary(bytes);
                }
            }
            Arrived::Pong => self.ponged(),
            Arrived::Close => self.left(),
        }
    }

    fn ponged(&self) {
        if !self.pinged.replace(false) {
            return;
        }
        let now = Instant::now();
        self.alive.set(now);
        if let Way::Mailbox(mailbox) = &self.way {
            mailbox.alive(now);
        }
        if let Some(receiver) = self.receiver() {
            receiver.ponged();
        }
    }

    fn left(&self) {
        match &self.way {
            Way::Link(link) => link.close(&Close::new(codes::NORMAL, "")),
            Way::Mailbox(mailbox) => mailbox.left(),
        }
    }

    pub(super) fn drained(&self) {
        if let Some(receiver) = self.receiver() {
            receiver.drained();
        }
    }

    /// The session is gone, or its client cannot be reached any more.
    pub(super) fn gone(&self, reason: Reason) {
        if self.gone.replace(true) {
            return;
        }
        self.expect_no_namespace();
        if let Some(sessions) = self.sessions.upgrade() {
            sessions.remove(self);
        }
        let receiver = self.receiver.borrow_mut().take();
        if let Some(receiver) = receiver {
            receiver.ended(self.reason.get().unwrap_or(reason));
        }
    }

    /// Asks for a sign of life when it is time, and ends what is overdue.
    pub(super) fn look_after(&self, settings: &EngineSettings, now: Instant) {
        if !self.is_open() {
            if let Way::Mailbox(mailbox) = &self.way {
                mailbox.expire(now);
            }
            return;
        }
        let stalled = match &self.way {
            Way::Link(link) => link.stalled(),
            Way::Mailbox(mailbox) => mailbox.stalled(),
        };
        if stalled.is_some_and(|since| now.duration_since(since) >= settings.stalled) {
            return self.give_up(
                &Close::new(codes::TOO_SLOW, "the client takes nothing"),
                Reason::Stalled,
            );
        }
        let overdue = |since| now.duration_since(since) >= settings.connect_timeout;
        if self.unconnected.get().is_some_and(overdue) {
            return self.end(
                &Close::new(codes::POLICY_VIOLATION, "no namespace was entered"),
                Reason::Silent,
                true,
            );
        }
        let silent = now.duration_since(self.alive.get());
        // While nothing is taken from the client its pong is not either.
        if silent >= settings.dead() && self.pinged.get() && self.holds.get() == 0 {
            return self.give_up(&Close::new(codes::NO_PONG, "no pong"), Reason::Silent);
        }
        if silent >= settings.ping_interval && !self.pinged.replace(true) {
            self.reply(&Packets::packet(PING));
        }
    }

    /// Ends a session without waiting for its connection, which may never take the end.
    fn give_up(&self, close: &Close, reason: Reason) {
        self.end(close, reason, true);
        if matches!(self.way, Way::Link(_)) {
            self.gone(reason);
        }
    }
}
