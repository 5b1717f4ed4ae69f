use std::cell::RefCell;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Instant;

use actix_web::rt;
use bytes::Bytes;
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::value::RawValue;
use tenon_websocket::Close;

use super::decoder::{Content, Decoded, Decoder, Malformed};
use super::encoder::control;
use super::minute::Minute;
use super::namespace::Phase;
use super::{Accepted, AckId, Answer, Application, Connect, ConnectError, Handler, Incoming, Socket};
use crate::{Engine, Reason, Receiver, Session, Str, codes};

/// A client and the namespaces that it is in.
pub(super) struct Client {
    application: Rc<dyn Application>,
    session: Rc<Session>,
    largest: usize,
    most_per_minute: NonZeroU32,
    minute: Minute,
    decoder: RefCell<Decoder>,
    /// Few, since only the application's namespaces can be entered.
    sockets: RefCell<Vec<Rc<Socket>>>,
}

#[derive(Serialize)]
struct Welcome<'a> {
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<&'a str>,
}

#[derive(Serialize)]
struct Refused<'a> {
    message: &'a str,
}

/// Text is always written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Client {
    pub fn new(application: Rc<dyn Application>, engine: &Engine, session: &Rc<Session>) -> Rc<Self> {
        session.expect_namespace();
        Rc::new(Self {
            application,
            session: Rc::clone(session),
            largest: engine.settings().max_payload,
            most_per_minute: engine.settings().packets_per_minute,
            minute: Minute::default(),
            decoder: RefCell::default(),
            sockets: RefCell::default(),
        })
    }

    fn find(&self, namespace: &str) -> Option<Rc<Socket>> {
        let sockets = self.sockets.borrow();
        sockets.iter().find(|socket| socket.namespace() == namespace).cloned()
    }

    fn forget(&self, socket: &Rc<Socket>) {
        self.sockets.borrow_mut().retain(|other| !Rc::ptr_eq(other, socket));
    }

    fn follow(self: &Rc<Self>, decoded: Result<Option<Decoded>, Malformed>) {
        let followed = match decoded {
            Ok(Some(decoded)) => self.dispatch(decoded),
            Ok(None) => Ok(()),
            Err(malformed) => Err(malformed),
        };
        if let Err(what) = followed {
            self.session.refuse(what);
        }
    }

    fn dispatch(self: &Rc<Self>, decoded: Decoded) -> Result<(), Malformed> {
        let namespace = decoded.namespace.as_str();
        let socket = self.find(namespace);
        if let Content::Connect(auth) = decoded.content {
            return self.connect(namespace, socket, auth);
        }
        let socket = socket.ok_or("the client is not in this namespace")?;
        match decoded.content {
            Content::Disconnect => {
                socket.leave(Phase::Gone, Reason::Departed);
                self.forget(&socket);
            }
            Content::Event(ack, name, args, attachments) => {
                if let Some(handler) = socket.handler() {
                    handler.event(Incoming {
                        name,
                        args,
                        attachments,
                        ack: ack.map(AckId),
                    });
                }
            }
            Content::Ack(id, args, attachments) => socket.acks().settle(id, Answer { args, attachments }),
            Content::Connect(_) => {}
        }
        Ok(())
    }

    fn connect(
        self: &Rc<Self>,
        namespace: &str,
        before: Option<Rc<Socket>>,
        auth: Option<Box<RawValue>>,
    ) -> Result<(), Malformed> {
        if let Some(before) = before {
            if before.phase() != Phase::Dismissed {
                return Err("the client is in this namespace");
            }
            self.forget(&before);
        }
        let socket = Socket::new(Rc::clone(&self.session), namespace);
        let connect = Connect {
            socket: Rc::clone(&socket),
            auth,
        };
        self.session.hold();
        let client = Rc::clone(self);
        let answer = Rc::clone(&self.application).connect(connect);
        let mut connecting = Box::pin(async move {
            let answer = answer.await;
            client.answer(&socket, answer);
            client.session.release();
        });
        // What can be answered at once needs no task.
        if connecting.as_mut().now_or_never().is_none() {
            rt::spawn(connecting);
        }
        Ok(())
    }

    fn answer(&self, socket: &Rc<Socket>, answer: Result<Accepted, ConnectError>) {
        let namespace = socket.namespace();
        match answer {
            Ok(accepted) if self.session.is_open() => {
                let welcome = Welcome {
                    sid: &accepted.sid,
                    pid: accepted.pid.as_deref(),
                };
                self.session.reply(&control('0', namespace, &json(&welcome)));
                self.sockets.borrow_mut().push(Rc::clone(socket));
                socket.enter(Rc::clone(&accepted.handler));
                accepted.handler.welcomed();
            }
            Ok(accepted) => accepted.handler.disconnected(Reason::Left),
            Err(error) => {
                let refused = Refused {
                    message: &error.message,
                };
                self.session.reply(&control('4', namespace, &json(&refused)));
            }
        }
    }

    /// Tells the handlers of all sockets, which may come and go meanwhile.
    fn tell(&self, what: impl Fn(&dyn Handler)) {
        let mut index = 0;
        while let Some(socket) = self.socket(index) {
            if let Some(handler) = socket.handler() {
                what(&*handler);
            }
            index += 1;
        }
    }

    /// The client sent a packet too many, which is not looked at any more.
    fn flooded(&self) {
        self.tell(|handler| handler.flooded());
        let close = Close::new(codes::TOO_MANY_PACKETS, "too many frames in a minute");
        self.session.close(&close);
    }

    fn socket(&self, index: usize) -> Option<Rc<Socket>> {
        self.sockets.borrow().get(index).cloned()
    }
}

/// Takes the messages of a client.
pub(super) struct Messages(pub Rc<Client>);

impl Receiver for Messages {
    fn text(&self, text: Str) {
        let client = &self.0;
        // Each packet has one message of text; attachments follow it.
        if !client.minute.count(client.most_per_minute, Instant::now()) {
            return client.flooded();
        }
        let decoded = client.decoder.borrow_mut().text(text, client.largest);
        client.follow(decoded);
    }

    fn binary(&self, bytes: Bytes) {
        let client = &self.0;
        let decoded = client.decoder.borrow_mut().binary(bytes, client.largest);
        client.follow(decoded);
    }

    fn drained(&self) {
        self.0.tell(|handler| handler.drained());
    }

    fn ponged(&self) {
        self.0.tell(|handler| handler.ponged());
    }

    fn ended(&self, reason: Reason) {
        for socket in self.0.sockets.take() {
            socket.leave(Phase::Gone, reason);
        }
    }
}
