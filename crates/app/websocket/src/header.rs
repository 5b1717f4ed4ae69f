/// What a frame is (RFC 6455, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    fn parse(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            _ => return None,
        })
    }

    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// What a client's frame says before its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub is_final: bool,
    pub opcode: Opcode,
    pub mask: [u8; 4],
    /// Of the payload.
    pub length: u64,
}

/// The bytes of a header that is still arriving: 14 at most.
#[derive(Debug, Default)]
pub(crate) struct Arriving {
    bytes: [u8; 14],
    length: usize,
}

impl Arriving {
    /// Takes one byte. The header, when this was its last.
    ///
    /// # Errors
    ///
    /// What the frame breaks, as soon as it shows.
    pub fn take(&mut self, byte: u8) -> Result<Option<Header>, &'static str> {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
        let header = parse(self.bytes.get(..self.length).unwrap_or_default())?;
        if header.is_some() {
            self.length = 0;
        }
        Ok(header)
    }
}

fn parse(bytes: &[u8]) -> Result<Option<Header>, &'static str> {
    let Some((&first, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    if first & 0x70 != 0 {
        return Err("a reserved bit is set");
    }
    let opcode = Opcode::parse(first & 0x0f).ok_or("the opcode is reserved")?;
    let is_final = first & 0x80 != 0;
    if opcode.is_control() && !is_final {
        return Err("a control frame is fragmented");
    }
    let Some((&second, rest)) = rest.split_first() else {
        return Ok(None);
    };
    if second & 0x80 == 0 {
        return Err("the frame is not masked");
    }
    let short = second & 0x7f;
    if opcode.is_control() && short > 125 {
        return Err("a control frame is longer than 125 bytes");
    }
    let Some((length, rest)) = length(short, rest) else {
        return Ok(None);
    };
    if length > i64::MAX.unsigned_abs() {
        return Err("the length has its first bit set");
    }
    // Section 5.2: otherwise two readers of a stream may take it for different ones.
    if (short == 126 && length < 126) || (short == 127 && length <= u64::from(u16::MAX)) {
        return Err("the length takes more bytes than it needs");
    }
    Ok(rest.first_chunk().map(|mask| Header {
        is_final,
        opcode,
        mask: *mask,
        length,
    }))
}

fn length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    match short {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u64::from(u16::from_be_bytes(*length)), rest))
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            Some((u64::from_be_bytes(*length), rest))
        }
        short => Some((u64::from(short), rest)),
    }
}

/// Takes the mask from a part of a payload that begins `offset` bytes into it (section 5.3).
pub(crate) fn unmask(part: &mut [u8], mut mask: [u8; 4], offset: u64) {
    mask.rotate_left(usize::from(offset.to_le_bytes()[0] % 4));
    for word in part.chunks_mut(4) {
        for (byte, mask) in word.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> Result<Option<Header>, &'static str> {
        let mut arriving = Arriving::default();
        for (index, byte) in bytes.iter().enumerate() {
            match arriving.take(*byte)? {
                Some(header) => {
                    assert_eq!(index, bytes.len() - 1);
                    return Ok(Some(header));
                }
                None => assert!(index < 14),
            }
        }
        Ok(None)
    }

    #[test]
    fn a_length_that_takes_more_bytes_than_it_needs_is_refused() {
        let refused = Err("the length takes more bytes than it needs");
        assert_eq!(whole(&[0x81, 0xfe, 0, 125, 1, 2, 3, 4]), refused);
        assert_eq!(whole(&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4]), refused);
        assert!(whole(&[0x81, 0xfe, 0, 126, 1, 2, 3, 4]).is_ok());
    }

    #[test]
    fn lengths_of_every_width_are_read() {
        let length = |bytes: &[u8]| whole(bytes).unwrap().unwrap().length;
        assert_eq!(length(&[0x81, 0x85, 1, 2, 3, 4]), 5);
        assert_eq!(length(&[0x81, 0xfe, 1, 0, 1, 2, 3, 4]), 256);
        assert_eq!(length(&[0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4]), 65536);
        assert_eq!(whole(&[0x81, 0x85, 1, 2, 3]), Ok(None));
    }

    #[test]
    fn what_breaks_the_rules_is_told_by_the_first_byte_that_shows_it() {
        for bytes in [
            &[0xc1][..],
            &[0x83],
            &[0x8b],
            &[0x09],
            &[0x81, 0x05],
            &[0x89, 0xfe],
            &[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert!(whole(bytes).is_err(), "{bytes:?}");
            assert_eq!(whole(&bytes[..bytes.len() - 1]), Ok(None), "{bytes:?}");
        }
    }

    #[test]
    fn a_payload_is_unmasked_in_parts_as_in_one() {
        let mask = [1, 2, 3, 4];
        let mut whole: Vec<u8> = (0..=255).collect();
        let mut parts = whole.clone();
        unmask(&mut whole, mask, 0);
        let (first, second) = parts.split_at_mut(77);
        unmask(first, mask, 0);
        unmask(second, mask, 77);
        assert_eq!(whole, parts);
    }
}
