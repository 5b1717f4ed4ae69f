mod packet;
mod polling;

use std::collections::VecDeque;

use packet::read;
use polling::Polling;
use serde_json::{Value, json};

use super::client::Client;
use super::person::Person;
use super::socket::{Ended, Socket};

/// How a client of Socket.IO connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Polling,
    /// Polling first, then WebSocket.
    Upgraded,
}

impl Transport {
    pub const ALL: [Self; 3] = [Self::WebSocket, Self::Polling, Self::Upgraded];
}

/// What a server says in a namespace.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// `CONNECT`, with its payload.
    Welcome(Value),
    /// `CONNECT_ERROR`, with its message.
    Refused(String),
    Event(String, Vec<Value>),
    Acknowledged(u64, Vec<Value>),
    /// `DISCONNECT`.
    Dismissed,
}

/// A client of Socket.IO 5 over Engine.IO 4, as the two documents describe it, in as many namespaces as it enters.
pub struct SocketIo {
    way: Way,
    next_ack: u64,
    waiting: VecDeque<(String, Said)>,
}

enum Way {
    WebSocket(Box<Socket>),
    Polling(Polling),
}

const BASE: &str = "/socket.io/?EIO=4&transport=";

impl Client {
    /// Connects, and is in no namespace yet.
    pub async fn socketio(&self, transport: Transport) -> SocketIo {
        let way = match transport {
            Transport::WebSocket => {
                let opened = self.handshake(&format!("{BASE}websocket"), &[]).await;
                let mut socket = opened.unwrap_or_else(|answer| panic!("{}: {}", answer.asked, answer.text()));
                let open = socket.next_text_or_end().await.unwrap();
                assert!(open.starts_with(r#"0{"sid":""#), "{open}");
                Way::WebSocket(Box::new(socket))
            }
            Transport::Polling => Way::Polling(Polling::open(self.clone()).await),
            Transport::Upgraded => {
                let mut polling = Polling::open(self.clone()).await;
                Way::WebSocket(Box::new(polling.upgrade().await))
            }
        };
        SocketIo {
            way,
            next_ack: 0,
            waiting: VecDeque::new(),
        }
    }
}

impl Person {
    /// Connects and enters the namespace of rooms. Nobody takes the welcome yet.
    pub async fn socketio_raw(&self, transport: Transport) -> SocketIo {
        let mut socket = self.without_token().socketio(transport).await;
        socket.enter("/", &json!({ "token": self.token() })).await.unwrap();
        socket
    }

    /// Connects and enters the namespace of rooms; says what the welcome said.
    pub async fn socketio_and_welcome(&self, transport: Transport) -> (SocketIo, Value) {
        let mut socket = self.socketio_raw(transport).await;
        let (name, mut arguments) = socket.event("/").await;
        assert_eq!(name, "tenon:welcome");
        (socket, arguments.swap_remove(0))
    }
}

impl SocketIo {
    /// Sends a packet of Engine.IO.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub async fn send(&mut self, packet: &str) -> Result<(), Ended> {
        match &mut self.way {
            Way::WebSocket(socket) => {
                let message = tokio_tungstenite::tungstenite::Message::text(packet);
                if socket.send_raw(message).await {
                    Ok(())
                } else {
                    Err(Ended::Broken)
                }
            }
            Way::Polling(polling) => polling.send(packet).await,
        }
    }

    /// What comes next, in whatever namespace; pings are answered.
    async fn receive(&mut self) -> Result<(String, Said), Ended> {
        loop {
            let packet = match &mut self.way {
                Way::WebSocket(socket) => socket.next_text_or_end().await?,
                Way::Polling(polling) => polling.next().await?,
            };
            match packet.split_at(1) {
                ("2", "") => self.send("3").await?,
                ("6", "") => {}
                ("1", "") => return Err(Ended::Broken),
                ("4", packet) => return Ok(read(packet)),
                _ => panic!("an unknown packet: {packet}"),
            }
        }
    }

    /// What comes next in a namespace, or how the connection ended.
    ///
    /// # Errors
    ///
    /// The end.
    pub async fn next_or_end(&mut self, namespace: &str) -> Result<Said, Ended> {
        if let Some(index) = self.waiting.iter().position(|(other, _)| other == namespace) {
            return Ok(self.waiting.remove(index).unwrap().1);
        }
        loop {
            let (other, said) = self.receive().await?;
            if other == namespace {
                return Ok(said);
            }
            self.waiting.push_back((other, said));
        }
    }

    /// Asks to be let into a namespace; the payload of the answer, or the message of the refusal.
    ///
    /// # Errors
    ///
    /// The message.
    pub async fn enter(&mut self, namespace: &str, auth: &Value) -> Result<Value, String> {
        self.send(&format!("40{}{auth}", prefix(namespace))).await.unwrap();
        match self.next_or_end(namespace).await.unwrap() {
            Said::Welcome(payload) => Ok(payload),
            Said::Refused(message) => Err(message),
            other => panic!("neither in nor out: {other:?}"),
        }
    }

    /// The next event of a namespace.
    ///
    /// # Panics
    ///
    /// When something else comes.
    pub async fn event(&mut self, namespace: &str) -> (String, Vec<Value>) {
        match self.next_or_end(namespace).await.unwrap() {
            Said::Event(name, arguments) => (name, arguments),
            other => panic!("no event: {other:?}"),
        }
    }

    /// So many events of rooms: name, data, and circumstances.
    pub async fn events(&mut self, count: usize) -> Vec<(String, Value, Value)> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            let (name, arguments) = self.event("/").await;
            let [data, circumstances, offset] = arguments.try_into().unwrap();
            let epoch = circumstances["epoch"].as_str().unwrap();
            assert_eq!(offset, format!("{epoch}:{}", circumstances["offset"]));
            events.push((name, data, circumstances));
        }
        events
    }

    /// Emits an event without an acknowledgement.
    pub async fn emit(&mut self, namespace: &str, name: &str, arguments: &[Value]) {
        let event: Vec<Value> = [json!(name)].iter().chain(arguments).cloned().collect();
        let packet = format!("42{}{}", prefix(namespace), json!(event));
        self.send(&packet).await.unwrap();
    }

    /// Emits an event and waits for the first argument of its acknowledgement. What comes before that is kept.
    pub async fn ask(&mut self, namespace: &str, name: &str, arguments: &[Value]) -> Value {
        self.next_ack += 1;
        let id = self.next_ack;
        let event: Vec<Value> = [json!(name)].iter().chain(arguments).cloned().collect();
        let packet = format!("42{}{id}{}", prefix(namespace), json!(event));
        self.send(&packet).await.unwrap();
        let answered = |said: &(String, Said)| {
            said.0 == namespace && matches!(&said.1, Said::Acknowledged(other, _) if *other == id)
        };
        loop {
            if let Some(index) = self.waiting.iter().position(answered) {
                let Some((_, Said::Acknowledged(_, mut arguments))) = self.waiting.remove(index) else {
                    unreachable!()
                };
                return arguments.swap_remove(0);
            }
            let said = self.receive().await.unwrap();
            self.waiting.push_back(said);
        }
    }

    /// As [`SocketIo::ask`]; it must have been done.
    pub async fn ok(&mut self, namespace: &str, name: &str, arguments: &[Value]) -> Value {
        let answer = self.ask(namespace, name, arguments).await;
        assert_eq!(answer["ok"], true, "{answer}");
        answer
    }

    /// As [`SocketIo::ask`]; the code of what it must be refused with.
    pub async fn refused(&mut self, namespace: &str, name: &str, arguments: &[Value]) -> String {
        let answer = self.ask(namespace, name, arguments).await;
        assert_eq!(answer["ok"], false, "{answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// The code of `tenon:closing`, which comes before the server ends it in a namespace; what comes before is dropped.
    pub async fn closing(&mut self, namespace: &str) -> u64 {
        loop {
            if let (name, arguments) = self.event(namespace).await
                && name == "tenon:closing"
            {
                return arguments[0]["code"].as_u64().unwrap();
            }
        }
    }

    /// How the connection ends; what comes before that is dropped.
    pub async fn ended(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.receive().await {
                return ended;
            }
        }
    }
}

fn prefix(namespace: &str) -> String {
    match namespace {
        "/" => String::new(),
        other => format!("{other},"),
    }
}
