use std::cell::Cell;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What stands in an event's data before its number, which has so many digits.
const MARK: &[u8] = br#""seq":""#;
pub const DIGITS: usize = 10;

/// What a server sent, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// The event with this number.
    Event(usize),
    /// To be answered with [`PONG`].
    Ping,
    /// The socket may ask to be let into this room.
    Welcome(String),
    /// The socket is in this room.
    Joined(String),
    /// The answer to [`PROBE`].
    Probed,
    /// What was asked with this number was done.
    Answer(usize),
    /// Events are missing, and do not come any more.
    Gap,
    /// News of no account.
    Other,
}

/// Engine.IO's.
pub const PONG: &str = "3";
/// Engine.IO's, on a WebSocket that is to follow on polling.
pub const PROBE: &str = "2probe";
/// Engine.IO's, to go over to the WebSocket.
pub const UPGRADE: &str = "5";
/// Engine.IO's, to end the session.
pub const CLOSE: &str = "1";

/// The number in an event's data. `hint` is where the last one stood.
pub fn number(text: &[u8], hint: &Cell<usize>) -> Option<usize> {
    let there = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(MARK));
    let at = Some(hint.get())
        .filter(there)
        .or_else(|| text.windows(MARK.len()).position(|window| window == MARK))?;
    hint.set(at);
    digits(text.get(at + MARK.len()..at + MARK.len() + DIGITS)?)
}

fn digits(text: &[u8]) -> Option<usize> {
    text.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0'))
    })
}

/// A frame of `tenon.v1`.
pub fn tenon(text: &[u8]) -> Result<Said> {
    let frame: Value = serde_json::from_slice(text)?;
    let id = frame.get("id");
    let room = |pointer: &str| frame.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    match frame.get("type").and_then(Value::as_str) {
        Some("welcome") => Ok(Said::Welcome(room("/rooms/0/room").context("no room")?)),
        Some("ok") => match id.and_then(Value::as_u64) {
            Some(id) => Ok(Said::Answer(usize::try_from(id)?)),
            None => Ok(Said::Joined(room("/room").context("no room")?)),
        },
        Some("gap") => Ok(Said::Gap),
        Some("presence") => Ok(Said::Other),
        Some("event") => news(frame.get("event").and_then(Value::as_str)),
        _ => bail!("not what was expected"),
    }
}

/// A packet of Engine.IO, with what is in it. Who is let into a namespace is in a room at once, or is told its rooms.
pub fn socketio(text: &[u8], at_once: bool) -> Result<Said> {
    match text {
        b"2" => Ok(Said::Ping),
        b"3probe" => Ok(Said::Probed),
        b"6" => Ok(Said::Other),
        [b'0', ..] => Ok(Said::Welcome(String::new())),
        [b'4', b'0', ..] if at_once => Ok(Said::Joined(String::new())),
        [b'4', b'0', ..] => Ok(Said::Other),
        [b'4', b'2', event @ ..] => told(event),
        [b'4', b'3', answer @ ..] => answered(answer).context("not done"),
        _ => bail!("not what was expected"),
    }
}

fn told(event: &[u8]) -> Result<Said> {
    let event: Value = serde_json::from_slice(event)?;
    match event.get(0).and_then(Value::as_str) {
        Some("tenon:welcome") => {
            let room = event.pointer("/1/rooms/0/room").and_then(Value::as_str);
            Ok(Said::Joined(room.context("no room")?.to_owned()))
        }
        Some("tenon:gap") => Ok(Said::Gap),
        name => news(name),
    }
}

/// That somebody signed in is told to a room, too.
fn news(event: Option<&str>) -> Result<Said> {
    match event {
        Some(name) if name != "bench" && !name.starts_with("tenon:") => Ok(Said::Other),
        _ => bail!("not what was expected"),
    }
}

fn answered(answer: &[u8]) -> Option<Said> {
    let number = answer.iter().position(|byte| *byte == b'[')?;
    let (number, told) = answer.split_at_checked(number)?;
    let done = told.starts_with(br#"[{"ok":true"#);
    done.then(|| digits(number).map(Said::Answer))?
}
