//! Frames of RFC 6455, as far as a client that measures needs them.

use anyhow::{Result, bail};

/// A whole frame of the server.
pub struct Frame<'a> {
    /// What it is (section 5.2).
    pub opcode: u8,
    /// What it carries.
    pub payload: &'a [u8],
    /// Of all of it, in bytes.
    pub length: usize,
}

pub const TEXT: u8 = 1;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// The frame at the beginning of `bytes`; nothing while it is incomplete.
pub fn read(bytes: &[u8]) -> Result<Option<Frame<'_>>> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    if first & 0xf0 != 0x80 || second & 0x80 != 0 {
        bail!("a frame that is masked, compressed or fragmented");
    }
    let (header, payload) = match second {
        126 => (
            4,
            rest.first_chunk().map(|length| u64::from(u16::from_be_bytes(*length))),
        ),
        127 => (10, rest.first_chunk().map(|length| u64::from_be_bytes(*length))),
        short => (2, Some(u64::from(*short))),
    };
    let Some(payload) = payload else { return Ok(None) };
    let length = header + usize::try_from(payload)?;
    Ok(bytes.get(header..length).map(|payload| Frame {
        opcode: first & 0x0f,
        payload,
        length,
    }))
}

/// A whole frame of a client. Its mask is zero, which leaves the payload as it is and costs the server the same.
pub fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(0x80 | short),
        (_, Ok(medium)) => {
            frame.push(0x80 | 126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_when_its_last_byte_has_come() -> Result<()> {
        for size in [0_usize, 125, 126, 70_000] {
            let mut bytes = masked(TEXT, &vec![b'x'; size]);
            let mask = bytes.len() - size - 4;
            bytes.drain(mask..mask + 4);
            bytes[1] &= 0x7f;
            assert!(read(&bytes[..bytes.len() - 1])?.is_none());
            let length = bytes.len();
            bytes.push(0x81);
            let frame = read(&bytes)?.unwrap();
            assert_eq!((frame.opcode, frame.payload.len(), frame.length), (TEXT, size, length));
        }
        Ok(())
    }

    #[test]
    fn what_a_server_must_not_send_is_refused() {
        assert!(read(&[0x81, 0x80]).is_err());
        assert!(read(&[0x01, 0x00]).is_err());
        assert!(read(&[0xc1, 0x00]).is_err());
    }
}
