use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes, BytesMut};
use tenon_websocket::frame;

use super::packet::SEPARATOR;

/// Packets that are built once for all that get them: as frames of a WebSocket, from which a poll's payload is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packets {
    pub(crate) frames: Bytes,
    pub(crate) count: usize,
}

impl Packets {
    /// One message of text.
    pub fn text(message: &str) -> Self {
        let mut packet = String::with_capacity(1 + message.len());
        packet.push('4');
        packet.push_str(message);
        Self::packet(&packet)
    }

    /// One message of bytes.
    pub fn binary(message: &[u8]) -> Self {
        Self {
            frames: frame::binary(message),
            count: 1,
        }
    }

    /// All of these, one after the other.
    pub fn join<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let (mut frames, mut count) = (BytesMut::new(), 0);
        for packets in all {
            frames.extend_from_slice(&packets.frames);
            count += packets.count;
        }
        Self {
            frames: frames.freeze(),
            count,
        }
    }

    /// How many packets these are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many bytes they take as frames.
    pub fn bytes(&self) -> usize {
        self.frames.len()
    }

    /// A packet as it is sent.
    pub(crate) fn packet(packet: &str) -> Self {
        Self {
            frames: frame::text(packet.as_bytes()),
            count: 1,
        }
    }

    /// Moves packets to a payload, as many as it may hold, but one at least if it is empty. False when some are left.
    pub(crate) fn move_to(&mut self, payload: &mut Vec<u8>, largest: usize) -> bool {
        while let Some((is_text, header, length)) = first(&self.frames) {
            let encoded = if is_text { length } else { 1 + length.div_ceil(3) * 4 };
            if !payload.is_empty() && payload.len() + 1 + encoded > largest {
                return false;
            }
            self.frames.advance(header);
            let content = self.frames.split_to(length);
            self.count = self.count.saturating_sub(1);
            if !payload.is_empty() {
                payload.push(SEPARATOR);
            }
            if is_text {
                payload.extend_from_slice(&content);
            } else {
                payload.push(b'b');
                payload.extend_from_slice(STANDARD.encode(&content).as_bytes());
            }
        }
        true
    }
}

/// Whether the first frame is text, how long its header is, and how long what follows is.
fn first(frames: &[u8]) -> Option<(bool, usize, usize)> {
    let (kind, length) = (*frames.first()?, *frames.get(1)?);
    let is_text = kind & 0x0f == 1;
    let (header, length) = match length {
        126 => (4, usize::from(u16::from_be_bytes(frames.get(2..4)?.try_into().ok()?))),
        127 => {
            let length = u64::from_be_bytes(frames.get(2..10)?.try_into().ok()?);
            (10, usize::try_from(length).ok()?)
        }
        short => (2, usize::from(short)),
    };
    (frames.len() - header >= length).then_some((is_text, header, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_holds_the_same_packets_as_the_frames() {
        let long = "x".repeat(70_000);
        let middle = "y".repeat(200);
        let parts = [
            Packets::text("a"),
            Packets::binary(&[1, 2, 3, 4]),
            Packets::text(&middle),
            Packets::text(&long),
            Packets::binary(&[]),
        ];
        let mut all = Packets::join(parts.iter());
        assert_eq!(all.count(), 5);
        assert_eq!(all.bytes(), parts.iter().map(Packets::bytes).sum::<usize>());
        let mut payload = Vec::new();
        assert!(all.move_to(&mut payload, usize::MAX));
        let expected = format!("4a\u{1e}bAQIDBA==\u{1e}4{middle}\u{1e}4{long}\u{1e}b");
        assert_eq!(String::from_utf8(payload).unwrap(), expected);
        assert_eq!((all.count(), all.bytes()), (0, 0));
    }

    #[test]
    fn a_payload_ends_before_it_is_too_large_but_holds_one_packet() {
        let mut all = Packets::join([Packets::text("abc"), Packets::text("def"), Packets::text("g")].iter());
        let mut payload = Vec::new();
        assert!(!all.move_to(&mut payload, 8));
        assert_eq!(payload, b"4abc");
        assert_eq!(all.count(), 2);
        let mut payload = Vec::new();
        assert!(!all.move_to(&mut payload, 1));
        assert_eq!(payload, b"4def");
        let mut payload = Vec::new();
        assert!(all.move_to(&mut payload, 9));
        assert_eq!(payload, b"4g");
    }
}
