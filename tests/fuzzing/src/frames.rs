//! Frames of WebSockets (RFC 6455), and of `tenon.v1` in them.

use bytes::Bytes;
use serde_json::Value;
use tenon_http::parsers::tenon_frame;
use tenon_websocket::{Decoder, Event, Violation};

/// The largest message here, in bytes.
const LARGEST: usize = 300;

/// All that a stream says, read in pieces of this size.
fn read(stream: &[u8], piece: usize) -> (Vec<Event>, Option<Violation>) {
    let mut decoder = Decoder::new(LARGEST);
    let mut events = Vec::new();
    for piece in stream.chunks(piece) {
        let mut input = Bytes::copy_from_slice(piece);
        loop {
            match decoder.next(&mut input) {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break,
                Err(violation) => return (events, Some(violation)),
            }
        }
    }
    (events, None)
}

/// A stream says the same however it is cut, and no message is larger than allowed.
pub fn websocket(bytes: &[u8]) {
    let Some((piece, stream)) = bytes.split_first() else {
        return;
    };
    let whole = read(stream, stream.len().max(1));
    for event in &whole.0 {
        let length = match event {
            Event::Text(text) => text.len(),
            Event::Binary(data) => data.len(),
            Event::Ping(data) => {
                assert!(data.len() <= 125);
                0
            }
            Event::Part | Event::Pong | Event::Close(_) => 0,
        };
        assert!(length <= LARGEST, "a message of {length} bytes");
    }
    assert_eq!(read(stream, usize::from(*piece).max(1)), whole);
    assert_eq!(read(stream, 1), whole);
}

/// A frame has an id that can be sent back, or none.
pub fn tenon(bytes: &[u8]) {
    let text = crate::text(bytes);
    let frame = tenon_frame(&text);
    if let Some(id) = &frame.id {
        let value: Value = serde_json::from_str(id).unwrap();
        assert!((value.is_number() || value.is_string()) && id.len() <= 66, "{id}");
    }
    if frame.refused.is_none() {
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(value.is_object() && value["type"].is_string(), "{text}");
    }
}
