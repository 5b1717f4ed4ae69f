use std::cell::Cell;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::api::Kind;

/// What stands in an event's data before its number, which has ten digits.
const MARK: &[u8] = br#""seq":""#;
const DIGITS: usize = 10;

/// What a server sent, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// The event with this number.
    Event(usize),
    /// To be answered with [`PONG`].
    Ping,
    /// The socket may ask to be let into this room.
    Welcome(String),
    /// The socket is in its room.
    Joined,
    /// Events are missing, and do not come any more.
    Gap,
    /// The answer to a publication, or news of no account.
    Other,
}

/// Engine.IO's.
pub const PONG: &[u8] = b"3";

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `tenon.v1`.
    Tenon,
    /// Socket.IO 5 over Engine.IO 4, with the namespace and the events of `benches/peers/node/socketio.mjs`.
    SocketIo,
}

impl Dialect {
    /// The dialect of a server.
    pub fn of(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Tenon => Ok(Self::Tenon),
            Kind::SocketIo => Ok(Self::SocketIo),
            _ => bail!("{} has no rooms", kind.name()),
        }
    }

    /// The head of the handshake. Its key is the one of RFC 6455, section 1.3.
    pub fn handshake(self, token: &str) -> String {
        let (path, headers) = match self {
            Self::Tenon => (
                "/api/ws",
                format!("Authorization: Bearer {token}\r\nSec-WebSocket-Protocol: tenon.v1\r\n"),
            ),
            Self::SocketIo => ("/socket.io/?EIO=4&transport=websocket", String::new()),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{headers}\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    }

    /// Asks to be let into the room.
    pub fn join(self, room: &str, token: &str) -> String {
        match self {
            // It is in the room already; asking for it ends the wait for a resume.
            Self::Tenon => json!({ "id": "join", "type": "subscribe", "room": room }).to_string(),
            Self::SocketIo => format!("40/rooms,{}", json!({ "token": token })),
        }
    }

    /// Publishes the event with this number, whose data has `size` bytes, and asks for an answer.
    pub fn publish(self, room: &str, number: usize, size: usize) -> String {
        let fill = "x".repeat(size.saturating_sub(r#"{"seq":"0123456789","fill":""}"#.len()));
        let data = format!(r#"{{"seq":"{number:0DIGITS$}","fill":"{fill}"}}"#);
        match self {
            Self::Tenon => {
                format!(r#"{{"id":{number},"type":"publish","room":"{room}","event":"bench","data":{data}}}"#)
            }
            Self::SocketIo => format!(r#"42/rooms,{number}["publish","bench",{data}]"#),
        }
    }

    /// Reads a text of the server. `hint` is where an event's number stood last.
    ///
    /// # Errors
    /// When it is no text that belongs into a measurement: a refusal, a gap, somebody else's event.
    pub fn read(self, text: &[u8], hint: &Cell<usize>) -> Result<Said> {
        let event: &[u8] = match self {
            Self::Tenon => br#"{"type":"event""#,
            Self::SocketIo => b"42/rooms,[",
        };
        if text.starts_with(event) {
            return number(text, hint).map(Said::Event).context("an event of somebody else");
        }
        let said = match self {
            Self::Tenon => tenon(text),
            Self::SocketIo => socketio(text),
        };
        said.with_context(|| format!("the server sent {}", String::from_utf8_lossy(text)))
    }
}

fn number(text: &[u8], hint: &Cell<usize>) -> Option<usize> {
    let there = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(MARK));
    let at = Some(hint.get())
        .filter(there)
        .or_else(|| text.windows(MARK.len()).position(|window| window == MARK))?;
    hint.set(at);
    let digits = text.get(at + MARK.len()..at + MARK.len() + DIGITS)?;
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0'))
    })
}

fn tenon(text: &[u8]) -> Result<Said> {
    let frame: Value = serde_json::from_slice(text)?;
    let id = frame.get("id").and_then(Value::as_str);
    match (frame.get("type").and_then(Value::as_str), id) {
        (Some("welcome"), _) => {
            let room = frame.pointer("/rooms/0/room").and_then(Value::as_str);
            Ok(Said::Welcome(room.context("no room")?.to_owned()))
        }
        (Some("ok"), Some("join")) => Ok(Said::Joined),
        (Some("gap"), _) => Ok(Said::Gap),
        (Some("ok" | "presence"), _) => Ok(Said::Other),
        _ => bail!("not what was expected"),
    }
}

fn socketio(text: &[u8]) -> Result<Said> {
    match text {
        b"2" => Ok(Said::Ping),
        [b'0', ..] => Ok(Said::Welcome(String::new())),
        text if text.starts_with(b"40/rooms,") => Ok(Said::Joined),
        text if text.starts_with(b"43/rooms,") => Ok(Said::Other),
        _ => bail!("not what was expected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_event_is_found_wherever_it_stands() -> Result<()> {
        let hint = Cell::new(0);
        let read = |text: &str| Dialect::Tenon.read(text.as_bytes(), &hint);
        for offset in [9, 10, 11, 8] {
            let text = format!(r#"{{"type":"event","offset":{offset},"data":{{"seq":"0000000042"}}}}"#);
            assert_eq!(read(&text)?, Said::Event(42));
        }
        assert!(read(r#"{"type":"event","data":1}"#).is_err());
        assert_eq!(read(r#"{"type":"gap"}"#)?, Said::Gap);
        assert!(read(r#"{"type":"error"}"#).is_err());
        Ok(())
    }

    #[test]
    fn the_data_of_an_event_is_as_large_as_it_is_said_to_be() -> Result<()> {
        let text = Dialect::Tenon.publish("org:1", 7, 200);
        let frame: Value = serde_json::from_str(&text)?;
        assert_eq!(frame["data"].to_string().len(), 200);
        assert!(
            Dialect::SocketIo
                .publish("", 7, 200)
                .starts_with(r#"42/rooms,7["publish","bench",{"#)
        );
        Ok(())
    }
}
