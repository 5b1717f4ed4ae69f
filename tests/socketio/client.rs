//! What a client of Socket.IO can be told, whoever wrote it.

use std::fmt;

use serde_json::{Value, json};
use tenon_tests::program::Program;

/// A program and what it cannot do.
pub struct Client {
    program: Program,
    pub library: Library,
    /// How it was told to connect.
    transports: Transports,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// `socket.io-client` on Node.
    Node,
    /// `socketio` on Python.
    Python,
    /// `rust_socketio`, which is in one namespace, sends no bytes that want an answer, and reads no long answers to polls.
    Rust,
}

#[derive(Clone, Copy, Debug)]
pub enum Transports {
    WebSocket,
    Polling,
    /// Polling first, and WebSocket as soon as it can be had.
    Upgrade,
}

impl Transports {
    pub const ALL: [Self; 3] = [Self::WebSocket, Self::Polling, Self::Upgrade];

    fn names(self) -> Value {
        match self {
            Self::WebSocket => json!(["websocket"]),
            Self::Polling => json!(["polling"]),
            Self::Upgrade => json!(["polling", "websocket"]),
        }
    }

    /// What is used once nothing better can be had.
    pub fn last(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::WebSocket | Self::Upgrade => "websocket",
        }
    }
}

impl Library {
    pub const ALL: [Self; 3] = [Self::Node, Self::Python, Self::Rust];

    pub fn start(self) -> Client {
        let program = match self {
            Self::Node => Program::node("socketio.js"),
            Self::Python => Program::python("socketio_client.py"),
            Self::Rust => Program::built("TENON_TEST_RUST_SOCKETIO"),
        };
        Client {
            program,
            library: self,
            transports: Transports::WebSocket,
        }
    }
}

/// How a client connects.
pub struct Opening<'a> {
    pub origin: &'a str,
    pub namespaces: &'a [&'a str],
    pub auth: Value,
    pub transports: Transports,
}

impl<'a> Opening<'a> {
    pub fn of(origin: &'a str, namespaces: &'a [&'a str], auth: Value) -> Self {
        Self {
            origin,
            namespaces,
            auth,
            transports: Transports::WebSocket,
        }
    }

    pub fn over(mut self, transports: Transports) -> Self {
        self.transports = transports;
        self
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} over {:?}", self.library, self.transports)
    }
}

impl Client {
    /// Begins to connect, and to connect again whenever the connection ends; what comes of it is [`next`](Self::next).
    pub async fn open(&mut self, opening: &Opening<'_>) {
        let open = json!({ "open": {
            "url": opening.origin,
            "namespaces": opening.namespaces,
            "auth": opening.auth,
            "transports": opening.transports.names(),
            "reconnect": true,
        } });
        self.transports = opening.transports;
        assert_eq!(self.program.ask(&open).await, json!({}), "{self:?}");
    }

    /// The same by WebSocket, into one namespace.
    pub async fn open_as(&mut self, origin: &str, namespace: &str, auth: Value) {
        self.open(&Opening::of(origin, &[namespace], auth)).await;
    }

    /// What came next: `{namespace}` and one of `{connected: "anew" | "recovered"}`, `{refused: message}`, `{event, args}`
    /// and `{disconnected: reason}`.
    pub async fn next(&mut self) -> Value {
        self.program.ask(&json!({ "next": true })).await
    }

    /// That the next is the client's being in this namespace; answers whether `anew` or `recovered`.
    pub async fn connected(&mut self, namespace: &str) -> String {
        let came = self.next().await;
        assert_eq!(came["namespace"], namespace, "{self:?}: {came}");
        let connected = came["connected"].as_str();
        connected
            .unwrap_or_else(|| panic!("{self:?} is not connected: {came}"))
            .to_owned()
    }

    /// That the next is this event; answers its arguments.
    pub async fn event(&mut self, namespace: &str, event: &str) -> Value {
        let mut came = self.next().await;
        assert_eq!(
            (&came["namespace"], &came["event"]),
            (&json!(namespace), &json!(event)),
            "{self:?}: {came}"
        );
        came["args"].take()
    }

    pub async fn disconnected(&mut self, namespace: &str) {
        let came = self.next().await;
        assert_eq!(came["namespace"], namespace, "{self:?}: {came}");
        assert!(came["disconnected"].is_string(), "{self:?}: {came}");
    }

    pub async fn emit(&mut self, namespace: &str, event: &str, args: &Value) {
        let emit = json!({ "emit": { "namespace": namespace, "event": event, "args": args } });
        assert_eq!(self.program.ask(&emit).await, json!({}));
    }

    /// The arguments of the acknowledgement.
    pub async fn call(&mut self, namespace: &str, event: &str, args: &Value) -> Value {
        let call = json!({ "call": { "namespace": namespace, "event": event, "args": args } });
        let mut answer = self.program.ask(&call).await;
        assert!(answer["ack"].is_array(), "{self:?}: {answer}");
        answer["ack"].take()
    }

    pub async fn leave(&mut self, namespace: &str) {
        assert_eq!(self.program.ask(&json!({ "leave": namespace })).await, json!({}));
    }

    /// That it uses the best transport that it was told of. `rust_socketio` does not say.
    pub async fn is_on(&mut self, transports: Transports) {
        if self.library != Library::Rust {
            let transport = self.program.ask(&json!({ "transport": true })).await;
            assert_eq!(transport, json!({ "transport": transports.last() }));
        }
    }
}
