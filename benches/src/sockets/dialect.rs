use std::cell::Cell;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::json;

use super::said::{self, DIGITS, Said};
use crate::api::Kind;
use crate::engineio::PATH;

/// A server, and how it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// Tenon by `tenon.v1`.
    Tenon,
    /// Tenon by Socket.IO 5 over Engine.IO 4.
    TenonSocketio,
    /// Node's Socket.IO, with the events of `benches/peers/node/socketio.mjs`.
    Socketio,
    /// `ws` on Node, with frames like Tenon's, of `benches/peers/node/ws.mjs`.
    Ws,
}

impl Dialect {
    /// The name that tables show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenon => "Tenon",
            Self::TenonSocketio => "Tenon by Socket.IO",
            Self::Socketio => "Socket.IO",
            Self::Ws => "ws",
        }
    }

    /// What has to be started for it.
    pub fn server(self) -> Kind {
        match self {
            Self::Tenon | Self::TenonSocketio => Kind::Tenon,
            Self::Socketio => Kind::SocketIo,
            Self::Ws => Kind::Ws,
        }
    }

    /// Whether polling comes before WebSocket in it.
    pub fn is_engine_io(self) -> bool {
        matches!(self, Self::TenonSocketio | Self::Socketio)
    }

    /// The head of the handshake, for a session that was begun by polling if one is named. Its key is the one of
    /// RFC 6455, section 1.3.
    pub fn handshake(self, token: &str, sid: Option<&str>) -> String {
        let (path, headers) = match self {
            Self::Tenon | Self::Ws => (
                "/api/ws".to_owned(),
                format!("Authorization: Bearer {token}\r\nSec-WebSocket-Protocol: tenon.v1\r\n"),
            ),
            Self::TenonSocketio | Self::Socketio => {
                let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
                (format!("{PATH}&transport=websocket{sid}"), String::new())
            }
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
            Self::Tenon | Self::Ws => json!({ "id": "join", "type": "subscribe", "room": room }).to_string(),
            Self::TenonSocketio | Self::Socketio => format!("40{}", json!({ "token": token })),
        }
    }

    /// Publishes the event with this number, whose data has `size` bytes, and asks for an answer.
    pub fn publish(self, room: &str, number: usize, size: usize) -> String {
        let fill = "x".repeat(size.saturating_sub(r#"{"seq":"0123456789","fill":""}"#.len()));
        let data = format!(r#"{{"seq":"{number:0DIGITS$}","fill":"{fill}"}}"#);
        match self {
            Self::Tenon | Self::Ws => {
                format!(r#"{{"id":{number},"type":"publish","room":"{room}","event":"bench","data":{data}}}"#)
            }
            Self::TenonSocketio => format!(r#"42{number}["publish","{room}","bench",{data}]"#),
            Self::Socketio => format!(r#"42{number}["publish","bench",{data}]"#),
        }
    }

    /// Gives a fresh token, which concerns nobody else, and asks for an answer with this number.
    pub fn renew(self, number: usize, token: &str) -> String {
        match self {
            Self::Tenon | Self::Ws => json!({ "id": number, "type": "auth", "token": token }).to_string(),
            Self::TenonSocketio | Self::Socketio => format!("42{number}{}", json!(["auth", token])),
        }
    }

    /// Reads a text of the server. `hint` is where an event's number stood last.
    ///
    /// # Errors
    /// When it is no text that belongs into a measurement: a refusal, an event of a measurement without its number.
    pub fn read(self, text: &[u8], hint: &Cell<usize>) -> Result<Said> {
        let event: &[u8] = match self {
            Self::Tenon | Self::Ws => br#"{"type":"event""#,
            Self::TenonSocketio | Self::Socketio => br#"42["bench","#,
        };
        if text.starts_with(event)
            && let Some(number) = said::number(text, hint)
        {
            return Ok(Said::Event(number));
        }
        let said = match self {
            Self::Tenon | Self::Ws => said::tenon(text),
            Self::TenonSocketio | Self::Socketio => said::socketio(text, self == Self::Socketio),
        };
        said.with_context(|| format!("the server sent {}", String::from_utf8_lossy(text)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_number_of_an_event_is_found_wherever_it_stands() -> Result<()> {
        let hint = Cell::new(0);
        let read = |text: &str| Dialect::Tenon.read(text.as_bytes(), &hint);
        for offset in [9, 10, 11, 8] {
            let text = format!(r#"{{"type":"event","offset":{offset},"data":{{"seq":"0000000042"}}}}"#);
            assert_eq!(read(&text)?, Said::Event(42));
        }
        assert!(read(r#"{"type":"event","event":"bench","data":1}"#).is_err());
        assert_eq!(
            read(r#"{"type":"event","event":"session.started","data":{}}"#)?,
            Said::Other
        );
        assert_eq!(read(r#"{"type":"gap"}"#)?, Said::Gap);
        assert!(read(r#"{"type":"error"}"#).is_err());
        Ok(())
    }

    #[test]
    fn the_data_of_an_event_is_as_large_as_it_is_said_to_be() -> Result<()> {
        let text = Dialect::Tenon.publish("org:1", 7, 200);
        let frame: Value = serde_json::from_str(&text)?;
        assert_eq!(frame["data"].to_string().len(), 200);
        let text = Dialect::TenonSocketio.publish("org:1", 7, 200);
        let packet: Value = serde_json::from_str(text.strip_prefix("427").unwrap())?;
        assert_eq!(packet[1], "org:1");
        assert_eq!(packet[3].to_string().len(), 200);
        Ok(())
    }

    #[test]
    fn a_socket_is_in_the_room_that_tenon_welcomes_it_to_and_in_nodes_when_it_is_let_in() -> Result<()> {
        let hint = Cell::new(0);
        let read = |dialect: Dialect, text: &str| dialect.read(text.as_bytes(), &hint);
        let welcome = r#"42["tenon:welcome",{"rooms":[{"room":"org:1","epoch":"e","offset":4}]},"here"]"#;
        let joined = Said::Joined("org:1".to_owned());
        assert_eq!(read(Dialect::TenonSocketio, r#"40{"sid":"s","pid":"p"}"#)?, Said::Other);
        assert_eq!(read(Dialect::TenonSocketio, welcome)?, joined);
        assert_eq!(
            read(Dialect::Socketio, r#"40{"sid":"s"}"#)?,
            Said::Joined(String::new())
        );
        let news = r#"42["session.started",{},{"room":"user:1"},"there"]"#;
        assert_eq!(read(Dialect::TenonSocketio, news)?, Said::Other);
        assert!(read(Dialect::TenonSocketio, r#"42["tenon:closing",{"code":4408}]"#).is_err());
        assert!(read(Dialect::TenonSocketio, r#"44{"message":"no"}"#).is_err());
        Ok(())
    }

    #[test]
    fn an_acknowledgement_of_something_that_was_not_done_ends_the_measurement() -> Result<()> {
        let hint = Cell::new(0);
        let read = |text: &str| Dialect::TenonSocketio.read(text.as_bytes(), &hint);
        assert_eq!(read(r#"4312[{"ok":true,"room":"org:1"}]"#)?, Said::Answer(12));
        assert!(read(r#"4312[{"ok":false,"code":"rate_limited"}]"#).is_err());
        Ok(())
    }
}
