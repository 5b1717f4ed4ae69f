use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::{Accepted, NewMessage, PrekeyCount};

/// What the server says. What this client does not know is `Other`.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum FromServer {
    Welcome {
        user: Uuid,
        organization: Uuid,
    },
    Ok {
        #[serde(default)]
        id: Option<u64>,
        #[serde(default)]
        message: Option<Accepted>,
    },
    Error {
        #[serde(default)]
        id: Option<u64>,
        code: String,
        #[serde(default)]
        message: String,
        #[serde(default)]
        retry_after_ms: Option<u64>,
    },
    Drain {
        retry_after_ms: u64,
    },
    Prekeys {
        device: u32,
        #[serde(flatten)]
        count: PrekeyCount,
    },
    Message(Entry<MessageEntry>),
    Receipt(Entry<ReceiptEntry>),
    #[serde(rename = "key.changed")]
    KeyChanged(Entry<KeyChangeEntry>),
    #[serde(other)]
    Other,
}

impl FromServer {
    /// The place in the mailbox of what is there.
    pub fn seq(&self) -> Option<u64> {
        match self {
            Self::Message(entry) => Some(entry.seq),
            Self::Receipt(entry) => Some(entry.seq),
            Self::KeyChanged(entry) => Some(entry.seq),
            _ => None,
        }
    }
}

/// Something in the mailbox.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry<T> {
    /// Grows, with holes.
    pub seq: u64,
    #[serde(flatten)]
    pub of: T,
}

/// A message, as it came.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageEntry {
    pub id: Uuid,
    pub from: Uuid,
    pub to: Uuid,
    #[serde(default)]
    pub device: u32,
    pub client_id: Uuid,
    pub kind: String,
    pub content: String,
    pub created_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Receipt {
    Delivered,
    Read,
}

/// What became of messages to somebody.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptEntry {
    pub receipt: Receipt,
    pub by: Uuid,
    #[serde(default)]
    pub device: u32,
    /// It is about messages after this place in the mailbox of `by`.
    #[serde(default)]
    pub after: u64,
    /// And up to this one.
    pub up_to: u64,
}

/// Somebody changed a key; which, their key log says.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyChangeEntry {
    pub user: Uuid,
}

/// What the client says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub(crate) enum ToServer<'a> {
    #[serde(rename = "auth")]
    Auth { token: &'a str },
    #[serde(rename = "ping")]
    Ping,
    #[serde(rename = "message.send")]
    Send {
        id: u64,
        #[serde(flatten)]
        message: &'a NewMessage,
    },
    #[serde(rename = "message.ack")]
    Acknowledge { up_to: u64 },
    #[serde(rename = "message.read")]
    Read { id: u64, conversation: Uuid, up_to: u64 },
}

impl ToServer<'_> {
    pub fn text(&self) -> String {
        // None of these has a map whose keys are no text, which is all that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0198c0de-0000-7000-8000-00000000000a";

    fn read(text: &str) -> FromServer {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_frame_of_the_server_is_read_and_a_new_one_passed_over() {
        let message = format!(
            r#"{{"type":"message","seq":7,"id":"{A}","from":"{A}","to":"{A}","device":2,"clientId":"{A}","kind":"olm","content":"AAAA","createdAt":"x","recipientSeq":3}}"#
        );
        let FromServer::Message(entry) = read(&message) else {
            panic!()
        };
        assert_eq!((entry.seq, entry.of.device, entry.of.kind.as_str()), (7, 2, "olm"));
        let change = format!(
            r#"{{"type":"key.changed","seq":9,"user":"{A}","kind":"device-added","device":1,"version":1,"at":"x"}}"#
        );
        assert!(matches!(read(&change), FromServer::KeyChanged(Entry { seq: 9, .. })));
        let ok = format!(r#"{{"type":"ok","id":4,"message":{{"id":"{A}","seq":5,"createdAt":"x"}}}}"#);
        assert!(matches!(
            read(&ok),
            FromServer::Ok {
                id: Some(4),
                message: Some(Accepted { seq: 5, .. }),
                ..
            }
        ));
        let error = r#"{"type":"error","id":4,"code":"rate_limited","message":"m","retryAfterMs":20}"#;
        assert!(matches!(
            read(error),
            FromServer::Error {
                retry_after_ms: Some(20),
                ..
            }
        ));
        let prekeys = r#"{"type":"prekeys","device":1,"remaining":0,"lastResortUsed":true}"#;
        assert!(matches!(
            read(prekeys),
            FromServer::Prekeys {
                device: 1,
                count: PrekeyCount {
                    remaining: 0,
                    last_resort_used: true
                }
            }
        ));
        assert!(matches!(
            read(r#"{"type":"drain","retryAfterMs":5}"#),
            FromServer::Drain { retry_after_ms: 5 }
        ));
        assert!(matches!(read(r#"{"type":"weather","wind":[1]}"#), FromServer::Other));
    }

    #[test]
    fn a_receipt_without_a_lower_bound_has_none() {
        let receipt = format!(
            r#"{{"type":"receipt","seq":8,"receipt":"read","by":"{A}","device":1,"after":2,"upTo":3,"at":"x"}}"#
        );
        let FromServer::Receipt(entry) = read(&receipt) else {
            panic!()
        };
        assert_eq!(
            (entry.of.receipt, entry.of.after, entry.of.up_to),
            (Receipt::Read, 2, 3)
        );
        let FromServer::Receipt(entry) = read(&receipt.replace(r#""after":2,"#, "")) else {
            panic!()
        };
        assert_eq!((entry.of.after, entry.of.up_to), (0, 3));
    }

    #[test]
    fn frames_are_written_as_the_server_takes_them() {
        let id = Uuid::parse_str(A).unwrap();
        let message = NewMessage {
            client_id: id,
            to: id,
            device: 0,
            kind: "simple".to_owned(),
            content: "AAAA".to_owned(),
        };
        let written = ToServer::Send {
            id: 1,
            message: &message,
        }
        .text();
        assert_eq!(
            written,
            format!(r#"{{"type":"message.send","id":1,"clientId":"{A}","to":"{A}","kind":"simple","content":"AAAA"}}"#)
        );
        assert_eq!(
            ToServer::Acknowledge { up_to: 3 }.text(),
            r#"{"type":"message.ack","upTo":3}"#
        );
        let read = ToServer::Read {
            id: 2,
            conversation: id,
            up_to: 3,
        }
        .text();
        assert_eq!(
            read,
            format!(r#"{{"type":"message.read","id":2,"conversation":"{A}","upTo":3}}"#)
        );
    }
}
