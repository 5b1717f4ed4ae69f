use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, HttpResponse, rt};
use tenon_websocket::{Close, Limits, Link, Received, frame};

use super::direct::read;
use super::mailbox::{Mailbox, Outward};
use super::packet::{PROBE, PROBED, UPGRADE};
use super::refusal::Refusal;
use super::{EngineSettings, Packets, Reason, Sessions};
use crate::codes;

/// What may wait in the WebSocket itself; the rest waits in the mailbox.
const FRAMES: usize = 32;
const BYTES: usize = 128 * 1024;

/// A WebSocket that is to take a session over, and does so once it has shown that it works.
pub(super) struct Upgrading {
    sessions: Rc<Sessions>,
    key: Cell<Option<usize>>,
    mailbox: Arc<Mailbox>,
    link: Rc<Link>,
    since: Instant,
    stage: Cell<Stage>,
    /// What found no room in the link.
    rest: RefCell<Option<Packets>>,
    held: Cell<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fresh,
    Probed,
    Upgraded,
}

struct Socket(Rc<Upgrading>);

/// Takes a WebSocket for a session that polls. One that comes too late is closed.
pub(super) fn begin(
    sessions: &Rc<Sessions>,
    mailbox: Arc<Mailbox>,
    request: &HttpRequest,
    payload: Payload,
) -> HttpResponse {
    if tenon_websocket::verify(request).is_err() {
        return Refusal::BadRequest.response();
    }
    if !mailbox.claim() {
        return refuse(request, payload);
    }
    let own = sessions.engine().settings().limits();
    let limits = Limits {
        message: own.message,
        frames: own.frames.min(FRAMES),
        bytes: own.bytes.min(BYTES),
    };
    let open = |link: &Rc<Link>| {
        let upgrading = Rc::new(Upgrading {
            sessions: Rc::clone(sessions),
            key: Cell::new(None),
            mailbox,
            link: Rc::clone(link),
            since: Instant::now(),
            stage: Cell::new(Stage::Fresh),
            rest: RefCell::default(),
            held: Cell::new(false),
        });
        upgrading.key.set(Some(sessions.add_upgrade(Rc::clone(&upgrading))));
        Socket(upgrading)
    };
    tenon_websocket::upgrade(request, payload, limits, None, open).unwrap_or_else(|_| Refusal::BadRequest.response())
}

/// A WebSocket of which nothing is wanted.
struct Unwanted;

/// Answers the handshake of a WebSocket for a session that has one, and closes it.
pub(super) fn refuse(request: &HttpRequest, payload: Payload) -> HttpResponse {
    let open = |link: &Rc<Link>| {
        link.close(&Close::new(codes::POLICY_VIOLATION, "the session has a WebSocket"));
        Unwanted
    };
    tenon_websocket::upgrade(request, payload, Limits::default(), None, open)
        .unwrap_or_else(|_| Refusal::BadRequest.response())
}

impl tenon_websocket::Session for Unwanted {
    fn received(&self, _: &Rc<Link>, _: Received) {}

    fn drained(&self, _: &Rc<Link>) {}

    fn ended(&self) {}
}

impl Upgrading {
    /// Ends an upgrade that is not completed in time, and afterwards a client that takes nothing.
    pub fn look_after(&self, settings: &EngineSettings, now: Instant) {
        let over = |since| now.duration_since(since) >= settings.stalled;
        if self.stage.get() != Stage::Upgraded {
            if now.duration_since(self.since) >= settings.upgrade_timeout {
                self.link
                    .abort(&Close::new(codes::POLICY_VIOLATION, "the upgrade was not completed"));
            }
        } else if self.link.stalled().is_some_and(over) {
            self.link
                .abort(&Close::new(codes::TOO_SLOW, "the client takes nothing"));
            self.mailbox.end(Reason::Stalled);
        }
    }

    fn shake(self: &Rc<Self>, received: &Received) {
        match (self.stage.get(), received) {
            (_, Received::Part | Received::Ping | Received::Pong) => {}
            (Stage::Fresh, Received::Text(text)) if text == PROBE => {
                self.stage.set(Stage::Probed);
                self.link.reply(frame::text(PROBED.as_bytes()));
                self.mailbox.probe();
            }
            (Stage::Probed, Received::Text(text)) if text == UPGRADE && self.mailbox.upgrade() => {
                self.stage.set(Stage::Upgraded);
                rt::spawn(feed(Rc::clone(self)));
            }
            _ => self
                .link
                .abort(&Close::new(codes::PROTOCOL_ERROR, "this is no upgrade")),
        }
    }

    /// Moves what waits in the mailbox to the link, as long as there is room. Ready when the link has ended.
    fn pump(&self, cx: &mut Context<'_>) -> Poll<()> {
        while self.link.is_open() {
            let rest = self.rest.take();
            if let Some(packets) = rest
                && !self.link.push(&packets.frames, packets.count)
            {
                if self.mailbox.wait_outward(cx) {
                    *self.rest.borrow_mut() = Some(packets);
                    return Poll::Pending;
                }
                continue;
            }
            match self.mailbox.next_outward(cx) {
                Outward::Send(packets) => *self.rest.borrow_mut() = Some(packets),
                Outward::Close(close, true) => self.link.abort(&close),
                Outward::Close(close, false) => self.link.close(&close),
                Outward::Gone => self.link.close(&Close::new(codes::NORMAL, "")),
                Outward::Nothing { may_read } => {
                    if may_read && self.held.replace(false) {
                        self.link.release();
                    }
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(())
    }
}

async fn feed(upgrading: Rc<Upgrading>) {
    poll_fn(|cx| upgrading.pump(cx)).await;
}

impl tenon_websocket::Session for Socket {
    fn received(&self, link: &Rc<Link>, received: Received) {
        let upgrading = &self.0;
        if upgrading.stage.get() != Stage::Upgraded {
            return upgrading.shake(&received);
        }
        let Some(packet) = read(received) else {
            return;
        };
        let Ok(arrived) = packet else {
            link.abort(&Close::new(codes::PROTOCOL_ERROR, "this is no packet"));
            return upgrading.mailbox.end(Reason::Violation);
        };
        if !upgrading.mailbox.arrive_from_socket(arrived) && !upgrading.held.replace(true) {
            link.hold();
            // The owner may have taken everything meanwhile.
            upgrading.mailbox.feed();
        }
    }

    fn drained(&self, _: &Rc<Link>) {
        if self.0.rest.borrow().is_some() {
            self.0.mailbox.feed();
        }
    }

    fn ended(&self) {
        let upgrading = &self.0;
        if let Some(key) = upgrading.key.take() {
            upgrading.sessions.remove_upgrade(key);
        }
        if upgrading.stage.get() == Stage::Upgraded {
            upgrading.mailbox.end(Reason::Left);
        } else {
            upgrading.mailbox.give_up_upgrade();
        }
    }
}
