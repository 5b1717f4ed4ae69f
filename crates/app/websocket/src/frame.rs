//! Frames of a server: not masked, so that one serves every receiver.

use actix_http::ws::{OpCode, Parser};
use bytes::{Bytes, BytesMut};

use crate::Close;

/// The most bytes that a frame adds to its payload.
const HEADER: usize = 10;

/// A message of text.
pub fn text(payload: &[u8]) -> Bytes {
    whole(OpCode::Text, payload)
}

/// A message of bytes.
pub fn binary(payload: &[u8]) -> Bytes {
    whole(OpCode::Binary, payload)
}

/// Asks the peer for a pong.
pub fn ping() -> Bytes {
    Bytes::from_static(&[0x89, 0])
}

/// Answers a ping with what it held, 125 bytes at most.
pub fn pong(payload: &[u8]) -> Bytes {
    whole(OpCode::Pong, payload)
}

/// Ends the connection; without a code when the peer gave none.
pub fn close(close: Option<&Close>) -> Bytes {
    let Some(Close { code, reason }) = close else {
        return whole(OpCode::Close, &[]);
    };
    let mut payload = Vec::with_capacity(2 + reason.len());
    payload.extend(code.to_be_bytes());
    payload.extend(reason.bytes());
    whole(OpCode::Close, &payload)
}

fn whole(code: OpCode, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(HEADER + payload.len());
    Parser::write_message(&mut frame, payload, code, true, false);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_whole_and_unmasked() {
        assert_eq!(text(b"hi").as_ref(), [0x81, 2, b'h', b'i']);
        assert_eq!(ping().as_ref(), [0x89, 0]);
        assert_eq!(
            close(Some(&Close::new(1000, "ok"))).as_ref(),
            [0x88, 4, 3, 232, b'o', b'k']
        );
        assert_eq!(close(None).as_ref(), [0x88, 0]);
        assert_eq!(binary(&[7; 126])[..4], [0x82, 126, 0, 126]);
    }
}
