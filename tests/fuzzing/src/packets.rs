//! Packets of Engine.IO and Socket.IO.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use tenon_socketio::RESERVED;
use tenon_socketio::parsers::{Arrived, Content, Decoded, Decoder};

/// The most bytes of an attachment.
const LARGEST: usize = 1_000;

/// A payload as a client would write it.
fn payload(packets: &[Arrived]) -> String {
    let packets = packets.iter().map(|packet| match packet {
        Arrived::Text(text) => format!("4{}", text.as_str()),
        Arrived::Binary(bytes) => format!("b{}", STANDARD.encode(bytes)),
        Arrived::Pong => "3".to_owned(),
        Arrived::Close => "1".to_owned(),
    });
    packets.collect::<Vec<_>>().join("\u{1e}")
}

/// What was read of a payload reads the same when it is written again; a frame holds no base64.
pub fn engineio(bytes: &[u8]) {
    if let Ok(packets) = Arrived::parse_payload(bytes.to_vec()) {
        assert!(!packets.is_empty());
        let again = Arrived::parse_payload(payload(&packets).into_bytes());
        assert_eq!(again.as_ref(), Ok(&packets));
    }
    if let Ok(frame) = Arrived::parse(crate::text(bytes).into(), false) {
        assert!(!matches!(frame, Arrived::Binary(_)));
    }
}

/// Messages that are separated by NUL, of which those that begin with `b` are attachments: names and namespaces are short, no name is
/// reserved, and every argument is JSON.
pub fn socketio(bytes: &[u8]) {
    let mut decoder = Decoder::default();
    for message in bytes.split(|byte| *byte == 0) {
        let decoded = match message.split_first() {
            Some((b'b', attachment)) => decoder.binary(Bytes::copy_from_slice(attachment), LARGEST),
            _ => decoder.text(crate::text(message).into(), LARGEST),
        };
        match decoded {
            Ok(Some(decoded)) => check(&decoded),
            Ok(None) => {}
            Err(why) => {
                assert!(!why.is_empty());
                return;
            }
        }
    }
}

fn check(decoded: &Decoded) {
    assert!(decoded.namespace.len() <= 256 && decoded.namespace.as_str().starts_with('/'));
    let (arguments, attachments) = match &decoded.content {
        Content::Connect(auth) => {
            let auth = auth
                .as_ref()
                .map(|auth| serde_json::from_str::<Value>(auth.get()).unwrap());
            assert!(auth.is_none_or(|auth| auth.is_object()));
            return;
        }
        Content::Disconnect => return,
        Content::Event(_, name, arguments, attachments) => {
            assert!(name.len() <= 256 && !RESERVED.contains(&name.as_str()), "{name}");
            (arguments, attachments)
        }
        Content::Ack(_, arguments, attachments) => (arguments, attachments),
    };
    for argument in arguments {
        serde_json::from_str::<Value>(argument.get()).unwrap();
    }
    assert!(attachments.len() <= 10 && attachments.iter().map(Bytes::len).sum::<usize>() <= LARGEST);
}
