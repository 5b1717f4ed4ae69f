use bytes::{Buf, Bytes};

use crate::Close;
use crate::header::{Arriving, Header, Opcode, unmask};

#[cfg(test)]
mod tests;

/// Reads a client's frames from a stream of bytes, however it is cut.
///
/// Nothing is kept that did not arrive: a message takes memory as it comes, and a frame that announces too much is refused
/// by its header. Text is checked as it comes, too.
#[derive(Debug)]
pub struct Decoder {
    largest: usize,
    header: Arriving,
    frame: Option<Frame>,
    message: Option<Message>,
    control: Vec<u8>,
}

#[derive(Debug)]
struct Frame {
    header: Header,
    read: u64,
}

#[derive(Debug)]
struct Message {
    is_text: bool,
    data: Vec<u8>,
    /// How much of `data` is known to be UTF-8.
    checked: usize,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A whole message.
    Text(String),
    /// A whole message.
    Binary(Vec<u8>),
    /// A frame of a message that goes on.
    Part,
    /// To be answered with a pong that holds the same.
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// The last frame.
    Close(Option<Close>),
}

/// How a client broke the rules. Nothing can be read after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// The protocol.
    Protocol(&'static str),
    /// Text that is not UTF-8.
    Text,
    /// A message that is larger than allowed.
    TooLarge,
}

impl Violation {
    /// What to tell the client.
    pub fn close(self) -> Close {
        match self {
            Self::Protocol(what) => Close::new(1002, what),
            Self::Text => Close::new(1007, "the text is not UTF-8"),
            Self::TooLarge => Close::new(1009, "the message is too large"),
        }
    }
}

impl Decoder {
    /// Reads messages of at most `largest` bytes.
    pub fn new(largest: usize) -> Self {
        Self {
            largest,
            header: Arriving::default(),
            frame: None,
            message: None,
            control: Vec::new(),
        }
    }

    /// Takes bytes from the front of `input` up to the next event; nothing when all of them are taken before.
    ///
    /// # Errors
    ///
    /// As [`Violation`] says; nothing may be read afterwards.
    pub fn next(&mut self, input: &mut Bytes) -> Result<Option<Event>, Violation> {
        loop {
            let Some(frame) = &mut self.frame else {
                if !input.has_remaining() {
                    return Ok(None);
                }
                let header = self.header.take(input.get_u8()).map_err(Violation::Protocol)?;
                if let Some(header) = header {
                    self.begin(header)?;
                }
                continue;
            };
            let left = frame.header.length - frame.read;
            let part = input.split_to(usize::try_from(left).unwrap_or(usize::MAX).min(input.len()));
            let (header, offset) = (frame.header, frame.read);
            frame.read += u64::try_from(part.len()).unwrap_or_default();
            let ended = frame.read == header.length;
            self.append(&header, offset, &part)?;
            if ended {
                self.frame = None;
                return self.end(&header).map(Some);
            }
            if input.is_empty() {
                return Ok(None);
            }
        }
    }

    fn begin(&mut self, header: Header) -> Result<(), Violation> {
        match (header.opcode, &self.message) {
            (Opcode::Continuation, None) => return Err(Violation::Protocol("nothing is there to be continued")),
            (Opcode::Text | Opcode::Binary, Some(_)) => {
                return Err(Violation::Protocol("the message before has not ended"));
            }
            (Opcode::Text | Opcode::Binary, None) => {
                self.message = Some(Message {
                    is_text: header.opcode == Opcode::Text,
                    data: Vec::new(),
                    checked: 0,
                });
            }
            (Opcode::Continuation, Some(_)) | (Opcode::Close | Opcode::Ping | Opcode::Pong, _) => {}
        }
        if !header.opcode.is_control() {
            let before = self.message.as_ref().map_or(0, |message| message.data.len());
            let room = u64::try_from(self.largest.saturating_sub(before)).unwrap_or(u64::MAX);
            if header.length > room {
                return Err(Violation::TooLarge);
            }
        }
        self.frame = Some(Frame { header, read: 0 });
        Ok(())
    }

    fn append(&mut self, header: &Header, offset: u64, part: &[u8]) -> Result<(), Violation> {
        let target = match &mut self.message {
            Some(message) if !header.opcode.is_control() => &mut message.data,
            _ => &mut self.control,
        };
        let before = target.len();
        target.extend_from_slice(part);
        unmask(target.get_mut(before..).unwrap_or_default(), header.mask, offset);
        match &mut self.message {
            Some(message) if message.is_text && !header.opcode.is_control() => message.check(),
            _ => Ok(()),
        }
    }

    fn end(&mut self, header: &Header) -> Result<Event, Violation> {
        let control = std::mem::take(&mut self.control);
        match header.opcode {
            Opcode::Ping => Ok(Event::Ping(control)),
            Opcode::Pong => Ok(Event::Pong),
            Opcode::Close => match Close::parse(&control) {
                None => Ok(Event::Close(None)),
                Some(close) => close
                    .map(|close| Event::Close(Some(close)))
                    .map_err(Violation::Protocol),
            },
            Opcode::Text | Opcode::Binary | Opcode::Continuation if !header.is_final => Ok(Event::Part),
            Opcode::Text | Opcode::Binary | Opcode::Continuation => match self.message.take() {
                Some(message) if message.is_text => String::from_utf8(message.data)
                    .map(Event::Text)
                    .map_err(|_| Violation::Text),
                Some(message) => Ok(Event::Binary(message.data)),
                None => Err(Violation::Protocol("nothing is there to be continued")),
            },
        }
    }
}

impl Message {
    /// Looks at what is new of a text; a character may still be incomplete at its end.
    fn check(&mut self) -> Result<(), Violation> {
        let new = self.data.get(self.checked..).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(_) => self.checked = self.data.len(),
            Err(error) if error.error_len().is_some() => return Err(Violation::Text),
            Err(error) => self.checked += error.valid_up_to(),
        }
        Ok(())
    }
}
