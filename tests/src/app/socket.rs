mod opening;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

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

impl Ended {
    /// Fails unless the connection broke or was closed with one of these codes.
    #[track_caller]
    pub fn assert_expected(&self, codes: &[u16]) {
        let is_expected = match self {
            Self::Broken => true,
            Self::Closed(code, _) => codes.contains(code),
        };
        assert!(is_expected, "{self:?}");
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
