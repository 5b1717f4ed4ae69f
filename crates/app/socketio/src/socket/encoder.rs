use bytes::Bytes;
use serde_json::value::RawValue;

use super::Answer;
use crate::Packets;

/// A packet with arguments.
pub(super) struct Outgoing<'a> {
    pub namespace: &'a str,
    pub kind: Kind,
    pub ack: Option<u64>,
    /// The first argument of an event.
    pub name: Option<&'a str>,
    pub args: &'a [&'a RawValue],
    pub attachments: &'a [Bytes],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Ack,
}

impl Outgoing<'_> {
    pub fn encode(&self) -> Packets {
        let mut text = String::with_capacity(64 + self.args.iter().map(|arg| arg.get().len() + 1).sum::<usize>());
        text.push(match (self.kind, self.attachments.is_empty()) {
            (Kind::Event, true) => '2',
            (Kind::Ack, true) => '3',
            (Kind::Event, false) => '5',
            (Kind::Ack, false) => '6',
        });
        if !self.attachments.is_empty() {
            text.push_str(&self.attachments.len().to_string());
            text.push('-');
        }
        push_namespace(&mut text, self.namespace);
        if let Some(ack) = self.ack {
            text.push_str(&ack.to_string());
        }
        text.push('[');
        let mut first = true;
        if let Some(name) = self.name {
            // A text is always written.
            text.push_str(&serde_json::to_string(name).unwrap_or_default());
            first = false;
        }
        for arg in self.args {
            if !std::mem::take(&mut first) {
                text.push(',');
            }
            text.push_str(arg.get());
        }
        text.push(']');
        let message = Packets::text(&text);
        if self.attachments.is_empty() {
            return message;
        }
        let attachments: Vec<_> = self.attachments.iter().map(|bytes| Packets::binary(bytes)).collect();
        Packets::join(std::iter::once(&message).chain(&attachments))
    }
}

fn push_namespace(text: &mut String, namespace: &str) {
    if namespace != "/" {
        text.push_str(namespace);
        text.push(',');
    }
}

/// A packet of this kind that holds this, which is JSON already.
pub(super) fn control(kind: char, namespace: &str, content: &str) -> Packets {
    let mut text = String::with_capacity(2 + namespace.len() + content.len());
    text.push(kind);
    push_namespace(&mut text, namespace);
    text.push_str(content);
    Packets::text(&text)
}

impl Packets {
    /// An event for everybody in a namespace.
    pub fn event(namespace: &str, name: &str, args: &[&RawValue]) -> Self {
        Self::event_with(namespace, name, args, &[])
    }

    /// The same with attachments, for each of which one of the arguments holds the placeholder
    /// `{"_placeholder":true,"num":n}`.
    pub fn event_with(namespace: &str, name: &str, args: &[&RawValue], attachments: &[Bytes]) -> Self {
        let event = Outgoing {
            namespace,
            kind: Kind::Event,
            ack: None,
            name: Some(name),
            args,
            attachments,
        };
        event.encode()
    }
}

impl Answer {
    /// The arguments, to be sent again.
    pub fn args(&self) -> Vec<&RawValue> {
        self.args.iter().map(AsRef::as_ref).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn payload(mut packets: Packets) -> String {
        let mut payload = Vec::new();
        packets.move_to(&mut payload, usize::MAX);
        String::from_utf8(payload).unwrap()
    }

    #[test]
    fn events_name_their_namespace_unless_it_is_the_main_one() {
        let (one, two) = (raw("1"), raw(r#"{"a":"é"}"#));
        assert_eq!(
            payload(Packets::event("/", "x\"y", &[&one, &two])),
            r#"42["x\"y",1,{"a":"é"}]"#
        );
        assert_eq!(payload(Packets::event("/custom", "x", &[])), r#"42/custom,["x"]"#);
    }

    #[test]
    fn attachments_follow_their_packet() {
        let place = raw(r#"{"_placeholder":true,"num":0}"#);
        let attachments = [Bytes::from_static(&[1, 2, 3])];
        let packets = Packets::event_with("/custom", "x", &[&place], &attachments);
        assert_eq!(packets.count(), 2);
        let expected = "451-/custom,[\"x\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAQID";
        assert_eq!(payload(packets), expected);
    }

    #[test]
    fn an_acknowledgement_has_its_number_and_no_name() {
        let one = raw("1");
        let ack = Outgoing {
            namespace: "/",
            kind: Kind::Ack,
            ack: Some(u64::MAX),
            name: None,
            args: &[&one, &one],
            attachments: &[],
        };
        assert_eq!(payload(ack.encode()), "4318446744073709551615[1,1]");
    }
}
