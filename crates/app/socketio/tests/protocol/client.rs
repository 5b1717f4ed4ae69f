//! A client that does exactly what a test says.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::server::Server;

/// Waits for something that is to happen soon.
pub async fn soon<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(20), future).await.unwrap()
}

pub const POLLING: &str = "EIO=4&transport=polling";
pub const WEBSOCKET: &str = "EIO=4&transport=websocket";

#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// The number of an error, with its status.
    pub fn error(&self) -> (u16, i64) {
        let error: Value = serde_json::from_str(&self.body).unwrap();
        assert!(error["message"].is_string());
        assert!(self.head.contains("content-type: application/json"));
        (self.status, error["code"].as_i64().unwrap())
    }
}

/// Writes a request on a connection of its own, but does not wait for the answer.
pub async fn send(address: SocketAddr, method: &str, query: &str, more: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} /engine?{query} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n"
    );
    // A server that has seen enough may close before it has read everything.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
    stream
}

/// Reads the answer, whether or not the connection is closed after it.
pub async fn receive(mut stream: TcpStream) -> Reply {
    let mut answer = Vec::new();
    loop {
        if let Some(reply) = parse(&answer) {
            return reply;
        }
        let read = soon(stream.read_buf(&mut answer)).await.unwrap();
        assert!(read > 0, "the answer ends early: {answer:?}");
    }
}

fn parse(answer: &[u8]) -> Option<Reply> {
    let (head, body) = std::str::from_utf8(answer).ok()?.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)?
        .lines()
        .next()?
        .parse::<usize>()
        .ok()?;
    (body.len() == length).then(|| Reply {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body: body.to_owned(),
        head,
    })
}

impl Server {
    pub async fn request(&self, method: &str, query: &str, body: &str) -> Reply {
        receive(send(self.address, method, query, "", body.as_bytes()).await).await
    }

    /// Opens a session that polls.
    pub async fn open(&self) -> Poller {
        let reply = self.request("GET", POLLING, "").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let open: Value = serde_json::from_str(reply.body.strip_prefix('0').unwrap()).unwrap();
        Poller {
            address: self.address,
            query: format!("{POLLING}&sid={}", open["sid"].as_str().unwrap()),
        }
    }

    /// Opens a session that polls, and enters the main namespace.
    pub async fn enter(&self) -> Poller {
        let poller = self.open().await;
        assert_eq!(poller.post("40").await.body, "ok");
        let mut said = poller.poll().await.body;
        if !said.contains("auth") {
            said += &poller.poll().await.body;
        }
        assert!(
            said.starts_with("40{\"sid\":\"") && said.ends_with("42[\"auth\",{}]"),
            "{said}"
        );
        poller
    }

    pub async fn websocket(&self, query: &str) -> Result<Socket, u16> {
        let request = format!("ws://{}/engine?{query}", self.address)
            .into_client_request()
            .unwrap();
        let stream = TcpStream::connect(self.address).await.unwrap();
        match soon(client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a session that is a WebSocket.
    pub async fn connect(&self) -> Socket {
        let mut socket = self.websocket(WEBSOCKET).await.unwrap();
        assert!(socket.text().await.starts_with("0{"));
        socket
    }

    /// Opens a session that is a WebSocket, and enters the main namespace.
    pub async fn join(&self) -> Socket {
        let mut socket = self.connect().await;
        socket.enter().await;
        socket
    }
}

pub struct Poller {
    pub address: SocketAddr,
    pub query: String,
}

impl Poller {
    pub async fn start_poll(&self) -> TcpStream {
        send(self.address, "GET", &self.query, "", b"").await
    }

    pub async fn poll(&self) -> Reply {
        receive(self.start_poll().await).await
    }

    pub async fn start_post(&self, body: &str) -> TcpStream {
        send(self.address, "POST", &self.query, "", body.as_bytes()).await
    }

    pub async fn post(&self, body: &str) -> Reply {
        receive(self.start_post(body).await).await
    }

    /// The query of a WebSocket that takes the session over.
    pub fn upgrade(&self) -> String {
        self.query.replace("transport=polling", "transport=websocket")
    }

    /// Nothing of the session is left.
    pub async fn is_gone(&self) {
        assert_eq!(self.poll().await.error(), (400, 1));
        assert_eq!(self.post("4x").await.error(), (400, 1));
    }
}

pub struct Socket(pub WebSocketStream<TcpStream>);

impl Socket {
    pub async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.send(Message::binary(bytes.to_vec())).await.unwrap();
    }

    pub async fn next(&mut self) -> Option<Message> {
        soon(self.0.next()).await.and_then(Result::ok)
    }

    pub async fn text(&mut self) -> String {
        match self.next().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("no text but {other:?}"),
        }
    }

    pub async fn bytes(&mut self) -> Vec<u8> {
        match self.next().await {
            Some(Message::Binary(bytes)) => bytes.to_vec(),
            other => panic!("no bytes but {other:?}"),
        }
    }

    /// Reads on to the close frame, and says what its code is; nothing when the connection ends without.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Message::Close(close) = self.next().await? {
                return close.map(|close| close.code.into());
            }
        }
    }

    pub async fn enter(&mut self) {
        self.send("40").await;
        assert!(self.text().await.starts_with("40{\"sid\":\""));
        assert_eq!(self.text().await, "42[\"auth\",{}]");
    }
}
