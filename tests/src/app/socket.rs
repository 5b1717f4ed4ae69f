use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::answer::Answer;
use super::client::Client;
use super::person::Person;

/// Far more than anything takes that a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    next_id: u64,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
    /// Frames that came while an answer was waited for.
    waiting: std::collections::VecDeque<Value>,
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With a close frame: its code and its reason.
    Closed(u16, String),
    /// Without one.
    Broken,
}

impl Client {
    /// Opens a socket with these headers and nothing else, or the answer that refused it.
    ///
    /// # Errors
    ///
    /// The answer.
    pub async fn handshake(&self, path: &str, headers: &[(&str, &str)]) -> Result<Socket, Box<Answer>> {
        let address = self.server_address();
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        self.handshake_over(stream, path, headers).await
    }

    /// The same over a connection that is there already.
    ///
    /// # Errors
    ///
    /// The answer.
    pub async fn handshake_over(
        &self,
        stream: TcpStream,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, Box<Answer>> {
        let shaken = self.try_handshake_over(stream, path, headers).await;
        shaken.unwrap_or_else(|| panic!("GET {path}: the connection broke"))
    }

    /// The same over a connection that may break; nothing when it does.
    pub async fn try_handshake_over(
        &self,
        stream: TcpStream,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Option<Result<Socket, Box<Answer>>> {
        let mut request = format!("ws://{}{path}", self.server_address())
            .into_client_request()
            .unwrap();
        let forwarded = [("x-forwarded-for", self.address())];
        for (name, value) in forwarded.iter().chain(headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request
                .headers_mut()
                .append(name, HeaderValue::from_str(value).unwrap());
        }
        match timeout(PATIENCE, client_async(request, stream)).await.unwrap() {
            Ok((stream, response)) => Some(Ok(Socket {
                stream,
                next_id: 1,
                protocol: response
                    .headers()
                    .get("sec-websocket-protocol")
                    .map(|protocol| protocol.to_str().unwrap().to_owned()),
                waiting: std::collections::VecDeque::new(),
            })),
            Err(Error::Http(response)) => {
                let (parts, body) = response.into_parts();
                let headers: HeaderMap = parts.headers;
                Some(Err(Box::new(Answer {
                    asked: format!("GET {path}"),
                    status: parts.status.as_u16(),
                    headers,
                    body: body.unwrap_or_default(),
                })))
            }
            Err(Error::Io(_) | Error::Protocol(ProtocolError::HandshakeIncomplete)) => None,
            Err(error) => panic!("GET {path}: {error}"),
        }
    }

    /// A ticket for a socket.
    pub async fn ticket(&self) -> Answer {
        self.call(reqwest::Method::POST, "/api/ws/ticket").send().await
    }
}

impl Person {
    /// Opens a socket with the access token as a header, before its welcome.
    pub async fn raw_socket(&self) -> Socket {
        let bearer = format!("Bearer {}", self.token());
        let opened = self.handshake("/api/ws", &[("authorization", &bearer)]).await;
        opened.unwrap_or_else(|answer| panic!("{}: {}", answer.asked, answer.text()))
    }

    /// Opens a socket of one of the user's devices, before its welcome.
    pub async fn device_socket(&self, device: u64) -> Socket {
        let bearer = format!("Bearer {}", self.token());
        let path = format!("/api/ws?device={device}");
        let opened = self.handshake(&path, &[("authorization", &bearer)]).await;
        opened.unwrap_or_else(|answer| panic!("{}: {}", answer.asked, answer.text()))
    }

    /// Opens a socket, and its welcome.
    pub async fn socket_and_welcome(&self) -> (Socket, Value) {
        let mut socket = self.raw_socket().await;
        let welcome = socket.next().await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        (socket, welcome)
    }

    /// Opens a socket and takes its welcome.
    pub async fn socket(&self) -> Socket {
        self.socket_and_welcome().await.0
    }

    /// The room of the organization that one is in.
    pub fn room(&self) -> String {
        format!("org:{}", self.organization)
    }
}

impl Socket {
    /// Sends a frame.
    pub async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends text as it is.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends any message; false when the connection is gone.
    pub async fn send_raw(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// Sends a frame under a new id and waits for its answer. What comes before that is kept for [`Socket::next`].
    pub async fn ask(&mut self, mut frame: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        frame["id"] = json!(id);
        self.send(&frame).await;
        let mut before = std::collections::VecDeque::new();
        loop {
            let answer = self.next().await;
            if answer["id"] == id {
                before.append(&mut self.waiting);
                self.waiting = before;
                return answer;
            }
            before.push_back(answer);
        }
    }

    /// As [`Socket::ask`]; the answer must be `ok`.
    pub async fn ok(&mut self, frame: Value) -> Value {
        let answer = self.ask(frame).await;
        assert_eq!(answer["type"], "ok", "{answer}");
        answer
    }

    /// As [`Socket::ask`]; the code of the error that the answer must be.
    pub async fn refused(&mut self, frame: Value) -> String {
        let answer = self.ask(frame).await;
        assert_eq!(answer["type"], "error", "{answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// Publishes an event.
    pub async fn publish(&mut self, room: &str, event: &str, data: &Value) -> Value {
        self.ok(json!({ "type": "publish", "room": room, "event": event, "data": data }))
            .await
    }

    /// Joins a room, and goes on after a position.
    pub async fn subscribe(&mut self, room: &str, resume: Option<(&str, u64)>) -> Value {
        self.ok(subscription(room, resume)).await
    }

    /// The next frame.
    ///
    /// # Panics
    ///
    /// When none comes, or the connection ends.
    pub async fn next(&mut self) -> Value {
        if let Some(frame) = self.waiting.pop_front() {
            return frame;
        }
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("instead of a frame: {other:?}"),
            }
        }
    }

    /// The next frame, or nothing when the server ends the connection instead.
    pub async fn next_or_close(&mut self) -> Option<Value> {
        match timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
            Some(Ok(Message::Text(text))) => Some(serde_json::from_str(&text).unwrap()),
            _ => None,
        }
    }

    /// The next frame, or how the connection ended.
    ///
    /// # Errors
    ///
    /// The end.
    pub async fn next_or_end(&mut self) -> Result<Value, Ended> {
        if let Some(frame) = self.waiting.pop_front() {
            return Ok(frame);
        }
        let text = self.next_text_or_end().await?;
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// The next text, whatever it says, or how the connection ended.
    ///
    /// # Errors
    ///
    /// The end.
    pub async fn next_text_or_end(&mut self) -> Result<String, Ended> {
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                    return Err(Ended::Closed(code.into(), reason.to_string()));
                }
                Some(Ok(Message::Close(None) | Message::Binary(_) | Message::Frame(_))) => {
                    panic!("neither a text nor a close frame with a code")
                }
                Some(Err(_)) | None => return Err(Ended::Broken),
            }
        }
    }

    /// The next frame of this type; others are dropped.
    pub async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// So many events, and nothing but events.
    pub async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            let frame = self.next().await;
            assert_eq!(frame["type"], "event", "{frame}");
            events.push(frame);
        }
        events
    }

    /// Whether nothing but pings comes for this time.
    pub async fn is_silent(&mut self, time: Duration) -> bool {
        let something = async { while let Some(Ok(Message::Ping(_))) = self.stream.next().await {} };
        self.waiting.is_empty() && timeout(time, something).await.is_err()
    }

    /// The code and the reason of the close frame; what comes before it is dropped.
    pub async fn closed(&mut self) -> (u16, String) {
        self.waiting.clear();
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
                Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                    return (code.into(), reason.to_string());
                }
                Some(Ok(Message::Close(None))) => panic!("a close frame without a code"),
                Some(Ok(_)) => {}
                other => panic!("no close frame, but {other:?}"),
            }
        }
    }

    /// Ends the connection in order.
    pub async fn close(mut self) {
        self.stream.close(None).await.unwrap();
        while let Some(Ok(_)) = timeout(PATIENCE, self.stream.next())
            .await
            .expect("the server keeps the connection")
        {}
    }

    /// The connection underneath, of which nothing more is read.
    pub fn into_inner(self) -> TcpStream {
        self.stream.into_inner()
    }
}

/// The frame that joins a room.
pub fn subscription(room: &str, resume: Option<(&str, u64)>) -> Value {
    let mut frame = json!({ "type": "subscribe", "room": room });
    if let Some((epoch, offset)) = resume {
        frame["resume"] = json!({ "epoch": epoch, "offset": offset });
    }
    frame
}

/// Where a room is, as a welcome says.
pub fn position(welcome: &Value, room: &str) -> (String, u64) {
    let rooms = welcome["rooms"].as_array().unwrap();
    let found = rooms.iter().find(|joined| joined["room"] == room);
    let found = found.unwrap_or_else(|| panic!("{room} is not in {welcome}"));
    (
        found["epoch"].as_str().unwrap().to_owned(),
        found["offset"].as_u64().unwrap(),
    )
}
