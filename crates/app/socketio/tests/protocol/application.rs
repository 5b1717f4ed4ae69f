//! What the server of these tests does with its clients.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use serde_json::value::{RawValue, to_raw_value};
use tenon_socketio::{Accepted, Application, Connect, ConnectError, Handler, Incoming, Packets, Reason, Sid, Socket};
use tenon_websocket::Close;
use tokio::sync::mpsc::UnboundedSender;

#[derive(Clone)]
pub struct Notes(pub UnboundedSender<String>);

impl Notes {
    fn add(&self, note: String) {
        // A test that has seen enough reads no more.
        let _ = self.0.send(note);
    }
}

pub struct Trial(pub Notes);

impl Application for Trial {
    fn connect(self: Rc<Self>, connect: Connect) -> LocalBoxFuture<'static, Result<Accepted, ConnectError>> {
        async move {
            let recovers = match connect.socket.namespace() {
                "/" | "/custom" => false,
                "/recovers" => true,
                "/slow" => {
                    tokio::task::yield_now().await;
                    false
                }
                "/private" => return Err(ConnectError::new("Authentication token required")),
                _ => return Err(ConnectError::invalid_namespace()),
            };
            let nothing = || to_raw_value(&serde_json::json!({})).unwrap();
            assert!(!connect.socket.push(&Packets::event("/", "early", &[])));
            Ok(Accepted {
                sid: Sid::random().unwrap().text(),
                pid: recovers.then(|| "a-pid".to_owned()),
                handler: Rc::new(Member {
                    notes: self.0.clone(),
                    auth: connect.auth.unwrap_or_else(nothing),
                    socket: connect.socket,
                    closes: Cell::new(false),
                }),
            })
        }
        .boxed_local()
    }
}

struct Member {
    notes: Notes,
    socket: Rc<Socket>,
    auth: Box<RawValue>,
    /// It ends the connection itself when too much comes.
    closes: Cell<bool>,
}

impl Member {
    fn note(&self, what: &str) {
        self.notes.add(format!("{} {what}", self.socket.namespace()));
    }

    fn number(event: &Incoming, index: usize) -> usize {
        serde_json::from_str(event.args[index].get()).unwrap()
    }

    /// Asks the client something, and tells it what it answered.
    fn ask(&self, args: &[&RawValue]) {
        let (socket, answer) = (Rc::clone(&self.socket), self.socket.request("question", args));
        let notes = self.notes.clone();
        rt::spawn(async move {
            let Some(answer) = answer.await else {
                return notes.add("unanswered".to_owned());
            };
            let packets = Packets::event_with("/", "answered", &answer.args(), &answer.attachments);
            socket.reply(&packets);
        });
    }

    /// Sends events of so many bytes until no more are taken.
    fn flood(&self, bytes: usize) {
        let text = to_raw_value(&"x".repeat(bytes)).unwrap();
        let packets = Packets::event("/", "flood", &[&text]);
        let mut sent = 0;
        while sent < 100_000 && self.socket.push(&packets) {
            sent += 1;
        }
        self.note(&format!("flooded {sent}, {} wait", self.socket.queued()));
    }

    /// Sends events as long as there is somebody to take them.
    fn stream(&self) {
        let text = to_raw_value(&"x".repeat(100_000)).unwrap();
        let socket = Rc::clone(&self.socket);
        rt::spawn(async move {
            while socket.is_open() {
                socket.push(&Packets::event("/", "stream", &[&text]));
                rt::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }

    /// Takes nothing for a while.
    fn hold(&self) {
        self.socket.hold();
        self.note("holds");
        let (socket, notes) = (Rc::clone(&self.socket), self.notes.clone());
        rt::spawn(async move {
            rt::time::sleep(Duration::from_millis(200)).await;
            notes.add("released".to_owned());
            socket.release();
        });
    }
}

impl Handler for Member {
    fn welcomed(&self) {
        self.socket.emit("auth", &[&self.auth]);
    }

    fn event(&self, event: Incoming) {
        let args: Vec<&RawValue> = event.args.iter().map(AsRef::as_ref).collect();
        let socket = &self.socket;
        match (event.name.as_str(), event.ack) {
            ("message", _) => {
                let namespace = socket.namespace();
                let back = Packets::event_with(namespace, "message-back", &args, &event.attachments);
                socket.reply(&back);
            }
            ("message-with-ack", Some(ack)) => socket.acknowledge_with(ack, &args, &event.attachments),
            ("ask", _) => self.ask(&args),
            ("leave-me", _) => socket.disconnect(),
            ("close-me", _) => {
                socket.emit("bye", &[]);
                socket.close(&Close::new(4000, "as you wish"));
            }
            ("abort-me", _) => socket.abort(&Close::new(4001, "at once")),
            ("flood", _) => self.flood(Self::number(&event, 0)),
            ("stream", _) => self.stream(),
            ("count", _) => {
                for number in 0..Self::number(&event, 0) {
                    let number = to_raw_value(&number).unwrap();
                    socket.reply(&Packets::event("/", "count", &[&number]));
                }
            }
            ("hold", _) => self.hold(),
            ("close-floods", _) => self.closes.set(true),
            (name, _) => self.note(&format!("event {name}")),
        }
    }

    fn drained(&self) {
        self.note("drained");
    }

    fn ponged(&self) {
        self.note("ponged");
    }

    fn flooded(&self) {
        self.note("too much");
        self.socket.emit("too-much", &[]);
        if self.closes.get() {
            self.socket.close(&Close::new(4002, "too much for me"));
        }
    }

    fn disconnected(&self, reason: Reason) {
        self.note(&format!("{reason:?}"));
    }
}
