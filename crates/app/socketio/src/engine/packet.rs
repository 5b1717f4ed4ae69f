use bytes::Bytes;
use engineioxide_core::{Packet, ProtocolVersion};

use crate::Str;

/// Between the packets of a payload.
pub(crate) const SEPARATOR: u8 = 0x1e;

pub(crate) const PING: &str = "2";
pub(crate) const PROBE: &str = "2probe";
pub(crate) const PROBED: &str = "3probe";
pub(crate) const UPGRADE: &str = "5";
/// Ends a poll that has nothing to say.
pub(crate) const NOOP: &[u8] = b"6";
pub(crate) const CLOSE: &[u8] = b"1";

/// A packet of Engine.IO of a client that is no part of a handshake or an upgrade.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrived {
    /// A message of text.
    Text(Str),
    /// A message of bytes.
    Binary(Bytes),
    /// A sign of life.
    Pong,
    /// The end of the session.
    Close,
}

/// Whatever is no packet that a client may send here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl Arrived {
    /// Reads a packet as text: of a payload, where bytes are in Base64, or of a WebSocket's frame, where they are not.
    ///
    /// # Errors
    ///
    /// [`Malformed`].
    pub fn parse(text: Str, payload: bool) -> Result<Self, Malformed> {
        let length = text.len();
        match Packet::parse(ProtocolVersion::V4, text) {
            Ok(Packet::Message(message)) => Ok(Self::Text(message)),
            Ok(Packet::Binary(bytes)) if payload => Ok(Self::Binary(bytes)),
            // The parser ignores what follows.
            Ok(Packet::Pong) if length == 1 => Ok(Self::Pong),
            Ok(Packet::Close) if length == 1 => Ok(Self::Close),
            Ok(_) | Err(_) => Err(Malformed),
        }
    }

    /// Reads all packets of a payload, or none.
    ///
    /// # Errors
    ///
    /// [`Malformed`].
    pub fn parse_payload(body: Vec<u8>) -> Result<Vec<Self>, Malformed> {
        let text = Str::from(String::from_utf8(body).map_err(|_| Malformed)?);
        let mut packets = Vec::new();
        let mut start = 0;
        for part in text.as_bytes().split(|byte| *byte == SEPARATOR) {
            let end = start + part.len();
            packets.push(Self::parse(text.slice(start..end), true)?);
            start = end + 1;
        }
        Ok(packets)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn payload(text: &str) -> Result<Vec<Arrived>, Malformed> {
        Arrived::parse_payload(text.as_bytes().to_vec())
    }

    #[test]
    fn the_packets_of_a_payload_are_read_in_order() {
        let packets = payload("4hällo\u{1e}bAQIDBA==\u{1e}3\u{1e}4\u{1e}1").unwrap();
        let expected = [
            Arrived::Text("hällo".into()),
            Arrived::Binary(Bytes::from_static(&[1, 2, 3, 4])),
            Arrived::Pong,
            Arrived::Text("".into()),
            Arrived::Close,
        ];
        assert_eq!(packets, expected);
    }

    #[test]
    fn what_only_a_server_sends_is_no_packet_of_a_client() {
        for text in [
            "0{}", "2", "2probe", "3probe", "5", "6", "7", "3x", "1x", "abc", "", "é", "b!", "4a\u{1e}", "\u{1e}4a",
        ] {
            assert_eq!(payload(text), Err(Malformed), "{text}");
        }
        assert_eq!(Arrived::parse_payload(vec![b'4', 0xff]), Err(Malformed));
    }

    #[test]
    fn a_frame_of_text_holds_no_base64() {
        assert_eq!(Arrived::parse("bAQIDBA==".into(), false), Err(Malformed));
    }

    proptest! {
        #[test]
        fn no_body_panics_the_reader(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Arrived::parse_payload(body);
        }

        #[test]
        fn nothing_that_resembles_a_payload_panics_the_reader(body in "([0-7b](probe|[a-zA-Z0-9+/=é]{0,4})\u{1e}?){0,5}") {
            let _ = payload(&body);
        }
    }
}
