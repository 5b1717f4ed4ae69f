use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bytes::Bytes;
use serde_json::value::RawValue;
use tenon_websocket::Close;

use super::acks::Acks;
use super::encoder::{Kind, Outgoing, control};
use super::{AckId, Answer, Handler};
use crate::{Packets, Reason, Session};

/// A client in a namespace. It lives on the worker of its connection.
pub struct Socket {
    session: Rc<Session>,
    namespace: Box<str>,
    phase: Cell<Phase>,
    handler: RefCell<Option<Rc<dyn Handler>>>,
    acks: Acks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The application has not answered.
    Asking,
    Entered,
    /// The server ended it; what the client sent before it knew that is passed over.
    Dismissed,
    Gone,
}

impl Socket {
    pub(super) fn new(session: Rc<Session>, namespace: &str) -> Rc<Self> {
        Rc::new(Self {
            session,
            namespace: Box::from(namespace),
            phase: Cell::new(Phase::Asking),
            handler: RefCell::default(),
            acks: Acks::default(),
        })
    }

    /// Where the client is.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Sends packets of this namespace; false, and nothing is sent, when too much waits already, the client was not welcomed
    /// yet, or it is gone.
    pub fn push(&self, packets: &Packets) -> bool {
        self.phase.get() == Phase::Entered && self.session.push(packets)
    }

    /// Sends the answer to something that came, however much waits.
    pub fn reply(&self, packets: &Packets) {
        if self.phase.get() == Phase::Entered {
            self.session.reply(packets);
        }
    }

    /// Sends an event, as [`Socket::push`] does.
    pub fn emit(&self, name: &str, args: &[&RawValue]) -> bool {
        self.push(&Packets::event(&self.namespace, name, args))
    }

    /// Acknowledges an event.
    pub fn acknowledge(&self, ack: AckId, args: &[&RawValue]) {
        self.acknowledge_with(ack, args, &[]);
    }

    /// Acknowledges an event with attachments, for each of which an argument holds the placeholder.
    pub fn acknowledge_with(&self, ack: AckId, args: &[&RawValue], attachments: &[Bytes]) {
        self.reply(&self.outgoing(Kind::Ack, Some(ack.0), None, args, attachments));
    }

    /// Sends an event and waits for what the client acknowledges it with; nothing when it could not be sent or the client
    /// goes before. A client may never answer: whoever waits sets a limit.
    pub fn request(&self, name: &str, args: &[&RawValue]) -> impl Future<Output = Option<Answer>> + use<> {
        let answer = self.acks.expect().and_then(|(id, answer)| {
            let event = self.outgoing(Kind::Event, Some(id), Some(name), args, &[]);
            self.push(&event).then_some(answer)
        });
        async move { answer?.await.ok() }
    }

    fn outgoing(
        &self,
        kind: Kind,
        ack: Option<u64>,
        name: Option<&str>,
        args: &[&RawValue],
        attachments: &[Bytes],
    ) -> Packets {
        let outgoing = Outgoing {
            namespace: &self.namespace,
            kind,
            ack,
            name,
            args,
            attachments,
        };
        outgoing.encode()
    }

    /// Takes nothing from the client, in whatever namespace, until [`Socket::release`] was called as often as this.
    pub fn hold(&self) {
        self.session.hold();
    }

    /// Takes back one [`Socket::hold`].
    pub fn release(&self) {
        self.session.release();
    }

    /// Whether the client is in the namespace and the connection is not closing.
    pub fn is_open(&self) -> bool {
        self.phase.get() == Phase::Entered && self.session.is_open()
    }

    /// The number of packets that wait for the client.
    pub fn queued(&self) -> usize {
        self.session.queued()
    }

    /// Whether half of what may wait would still fit.
    pub fn has_drained(&self) -> bool {
        self.session.has_drained()
    }

    /// Ends it in this namespace only. The handler is told before this returns.
    pub fn disconnect(&self) {
        if self.phase.get() == Phase::Entered {
            self.session.reply(&control('1', &self.namespace, ""));
            self.leave(Phase::Dismissed, Reason::Dismissed);
        }
    }

    /// Ends the whole connection after what waits.
    pub fn close(&self, close: &Close) {
        self.session.close(close);
    }

    /// Ends the whole connection without what waits.
    pub fn abort(&self, close: &Close) {
        self.session.abort(close);
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(super) fn handler(&self) -> Option<Rc<dyn Handler>> {
        self.handler.borrow().clone()
    }

    pub(super) fn acks(&self) -> &Acks {
        &self.acks
    }

    pub(super) fn enter(&self, handler: Rc<dyn Handler>) {
        self.phase.set(Phase::Entered);
        self.session.enter_namespace();
        *self.handler.borrow_mut() = Some(handler);
    }

    pub(super) fn leave(&self, phase: Phase, reason: Reason) {
        if self.phase.replace(phase) == Phase::Entered {
            self.session.leave_namespace();
        }
        self.acks.give_up();
        let handler = self.handler.borrow_mut().take();
        if let Some(handler) = handler {
            handler.disconnected(reason);
        }
    }
}
