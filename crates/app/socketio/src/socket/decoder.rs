use bytes::Bytes;
use serde_json::value::RawValue;
use socketioxide_core::Value;
use socketioxide_core::packet::{Packet, PacketData};
use socketioxide_core::parser::{Parse as _, ParseConfig, ParseError, ParserState};
use socketioxide_parser_common::CommonParser;

use super::json;
use crate::Str;

/// The longest name of an event or a namespace, in bytes.
const LONGEST: usize = 256;

/// Attachments of one packet.
const MOST_ATTACHMENTS: usize = 10;

/// Events that mean something to the clients' libraries; no client may send them, and none should be sent one.
pub const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// Puts the packets of a client together from messages.
#[derive(Default)]
pub struct Decoder {
    /// A packet whose attachments have not all come.
    partial: Option<Box<ParserState>>,
}

/// A packet of Socket.IO.
#[derive(Debug)]
pub struct Decoded {
    pub namespace: Str,
    pub content: Content,
}

/// What a packet says.
#[derive(Debug)]
pub enum Content {
    /// Wants to be let into the namespace, and what it says of itself: a JSON object.
    Connect(Option<Box<RawValue>>),
    /// Leaves the namespace.
    Disconnect,
    /// The number under which it wants an acknowledgement, the event's name, its arguments as JSON, and its attachments.
    Event(Option<u64>, String, Vec<Box<RawValue>>, Vec<Bytes>),
    /// Of which number, with which arguments and attachments.
    Ack(u64, Vec<Box<RawValue>>, Vec<Bytes>),
}

/// Why a message is no packet.
pub(super) type Malformed = &'static str;

impl Decoder {
    /// Reads a message of text; nothing when attachments must follow.
    ///
    /// # Errors
    ///
    /// Why it is no packet.
    pub fn text(&mut self, text: Str, largest: usize) -> Result<Option<Decoded>, Malformed> {
        if self.partial.is_some() {
            return Err("an attachment is missing");
        }
        let state = ParserState::default();
        let parsed = CommonParser.decode_str(&config(largest), &state, text.clone());
        let announced = state.incoming_binary_cnt.load(std::sync::atomic::Ordering::Relaxed);
        match parsed {
            Ok(packet) => {
                check_header(&packet, 0, &text)?;
                decode(packet).map(Some)
            }
            Err(ParseError::NeedsMoreBinaryData) => {
                if let Some(partial) = &*state.partial_bin_packet.lock().map_err(|_| "no packet")? {
                    check_header(&partial.packet, announced, &text)?;
                    check_arguments(data(&partial.packet))?;
                }
                self.partial = Some(Box::new(state));
                Ok(None)
            }
            Err(_) => Err("this is no packet"),
        }
    }

    /// Reads an attachment; nothing when more must follow.
    ///
    /// # Errors
    ///
    /// Why it is none, or why there is no packet with it.
    pub fn binary(&mut self, bytes: Bytes, largest: usize) -> Result<Option<Decoded>, Malformed> {
        let state = self.partial.as_ref().ok_or("no attachment is expected")?;
        match CommonParser.decode_bin(&config(largest), state, bytes) {
            Ok(packet) => {
                self.partial = None;
                decode(packet).map(Some)
            }
            Err(ParseError::NeedsMoreBinaryData) => Ok(None),
            Err(_) => Err("the attachments are too large, or late"),
        }
    }
}

fn config(largest: usize) -> ParseConfig {
    ParseConfig {
        max_incoming_binary_buf_size: largest,
        max_incoming_binaries: MOST_ATTACHMENTS,
        ..ParseConfig::default()
    }
}

fn data(packet: &Packet) -> Option<&str> {
    match &packet.inner {
        PacketData::Connect(value) => value.as_ref()?.as_str().map(Str::as_str),
        PacketData::Event(value, _)
        | PacketData::EventAck(value, _)
        | PacketData::BinaryEvent(value, _)
        | PacketData::BinaryAck(value, _) => value.as_str().map(Str::as_str),
        PacketData::Disconnect | PacketData::ConnectError(_) => None,
    }
}

/// Refuses what the parser passes over between the parts of a packet: numbers that it does not understand, and characters
/// that belong nowhere.
fn check_header(packet: &Packet, announced: usize, text: &Str) -> Result<(), Malformed> {
    let digits = |number: Option<i64>| number.map_or(0, |number| number.to_string().len());
    let (ack, attachments) = match &packet.inner {
        PacketData::Event(_, ack) => (digits(*ack), 0),
        PacketData::EventAck(_, ack) => (digits(Some(*ack)), 0),
        PacketData::BinaryEvent(_, ack) => (digits(*ack), announced.to_string().len() + 1),
        PacketData::BinaryAck(_, ack) => (digits(Some(*ack)), announced.to_string().len() + 1),
        PacketData::Connect(_) | PacketData::Disconnect | PacketData::ConnectError(_) => (0, 0),
    };
    let data = data(packet).map_or(0, str::len);
    let namespace = packet.ns.len();
    if namespace > LONGEST {
        return Err("the name of the namespace is too long");
    }
    let length = text.len();
    let bare = 1 + attachments + ack + data;
    let is_named = text.as_bytes().get(1 + attachments) == Some(&b'/');
    // The comma may be left out when nothing follows it.
    let fits = if is_named {
        length == bare + namespace + 1 || (data == 0 && length == bare + namespace)
    } else {
        length == bare
    };
    if fits {
        Ok(())
    } else {
        Err("the packet has parts that do not belong there")
    }
}

fn check_arguments(data: Option<&str>) -> Result<&str, Malformed> {
    let data = data.ok_or("the packet has no arguments")?;
    if json::is_within_limits(data) {
        Ok(data)
    } else {
        Err("the arguments are too deep, or too many")
    }
}

fn decode(packet: Packet) -> Result<Decoded, Malformed> {
    let content = match packet.inner {
        PacketData::Connect(value) => Content::Connect(value.map(auth).transpose()?),
        PacketData::Disconnect => Content::Disconnect,
        PacketData::Event(value, ack) | PacketData::BinaryEvent(value, ack) => {
            let (mut args, attachments) = arguments(value)?;
            if args.is_empty() {
                return Err("the event has no name");
            }
            let name: String =
                serde_json::from_str(args.remove(0).get()).map_err(|_| "the name of the event is no text")?;
            if name.len() > LONGEST || RESERVED.contains(&name.as_str()) {
                return Err("the name of the event is too long, or reserved");
            }
            Content::Event(ack.map(unsigned).transpose()?, name, args, attachments)
        }
        PacketData::EventAck(value, ack) | PacketData::BinaryAck(value, ack) => {
            let (args, attachments) = arguments(value)?;
            Content::Ack(unsigned(ack)?, args, attachments)
        }
        PacketData::ConnectError(_) => return Err("this is no packet of a client"),
    };
    Ok(Decoded {
        namespace: packet.ns,
        content,
    })
}

fn unsigned(ack: i64) -> Result<u64, Malformed> {
    u64::try_from(ack).map_err(|_| "the number of the acknowledgement is negative")
}

fn auth(value: Value) -> Result<Box<RawValue>, Malformed> {
    let text = check_arguments(value.as_str().map(Str::as_str))?;
    let no_object = "what comes with a connect is no object";
    if !text.starts_with('{') {
        return Err(no_object);
    }
    serde_json::from_str(text).map_err(|_| no_object)
}

fn arguments(value: Value) -> Result<(Vec<Box<RawValue>>, Vec<Bytes>), Malformed> {
    let Value::Str(text, attachments) = value else {
        return Err("the packet has no arguments");
    };
    let text = check_arguments(Some(text.as_str()))?;
    if !text.starts_with('[') {
        return Err("the arguments are no array");
    }
    let args = serde_json::from_str(text).map_err(|_| "the arguments are no array")?;
    let attachments: Vec<Bytes> = attachments.map(Vec::from).unwrap_or_default();
    if !attachments.is_empty() && !json::has_place_for_each(text, attachments.len()) {
        return Err("the placeholders are not those of the attachments");
    }
    Ok((args, attachments))
}

#[cfg(test)]
mod tests;
