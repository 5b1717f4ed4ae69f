use serde::{Deserialize, Serialize};
use tenon_kernel::{Invalid, Limit, UserId};
use tenon_messages::{ClientId, Content, DeviceId, Draft, Entry, Kind, Message, Notice, Sent, Seq};
use utoipa::{IntoParams, ToSchema};

use super::page::limit_and_count;
use super::{Check, IdText, Stamp, id};
use crate::error::ApiError;

/// A message to be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// The sender's own name for it. Sending the same again answers the same and sends nothing.
    #[schema(required = true, nullable = false, value_type = Uuid)]
    client_id: Option<String>,
    /// A member of the organization; oneself, for one's other devices.
    #[schema(required = true, nullable = false, value_type = Uuid)]
    to: Option<String>,
    /// One device of the recipient. Without it, or with 0, the message reaches every device.
    #[schema(minimum = 0, maximum = 2147483647)]
    device: Option<u64>,
    /// Ciphertext: base64 of at most 98,304 characters.
    #[schema(required = true, nullable = false, min_length = 1, max_length = 98304)]
    content: Option<String>,
    /// How to read it: 1 to 32 characters of `a-z`, `0-9`, `.` and `-`.
    #[schema(default = "text", min_length = 1, max_length = 32)]
    kind: Option<String>,
}

impl NewMessage {
    pub fn parse(self) -> Result<Draft, ApiError> {
        let mut check = Check::body();
        let client: Option<ClientId> = check.required("clientId", self.client_id, id);
        let to: Option<UserId> = check.required("to", self.to, id);
        let device = check.optional("device", self.device, DeviceId::new);
        let content = check.required("content", self.content, |text| Content::parse(&text));
        let kind = check.optional("kind", self.kind, |text| Kind::parse(&text));
        check.finish(|| {
            Some(Draft {
                client: client?,
                to: to?,
                device: device.unwrap_or_default(),
                kind: kind.unwrap_or_default(),
                content: content?,
            })
        })
    }
}

/// A message that is kept.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentView {
    #[schema(value_type = Uuid)]
    id: IdText,
    /// Its place in the recipient's mailbox; receipts refer to it.
    seq: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
}

impl SentView {
    pub fn of(sent: &Sent) -> Self {
        Self {
            id: IdText::of(sent.id),
            seq: sent.seq.get(),
            created_at: Stamp(sent.created_at),
        }
    }
}

/// What there is to say of a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    from: IdText,
    #[schema(value_type = Uuid)]
    to: IdText,
    /// The recipient's device that it is for; 0 for each.
    device: u32,
    #[schema(value_type = Uuid)]
    client_id: IdText,
    kind: &'a str,
    content: &'a str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
}

impl<'a> MessageView<'a> {
    pub fn of(message: &'a Message) -> Self {
        Self {
            id: IdText::of(message.id),
            from: IdText::of(message.sender),
            to: IdText::of(message.recipient),
            device: message.device.get(),
            client_id: IdText::of(message.client),
            kind: message.kind.as_str(),
            content: message.content.as_str(),
            created_at: Stamp(message.created_at),
        }
    }
}

/// Something in a mailbox.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
pub(crate) enum EntryView<'a> {
    /// A message to oneself, or a copy of one that one sent from another device.
    #[serde(rename = "message", rename_all = "camelCase")]
    Message {
        /// Its place in the mailbox.
        seq: i64,
        /// Of a copy: its place in the recipient's mailbox, which receipts refer to.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        recipient_seq: Option<i64>,
        #[serde(flatten)]
        message: MessageView<'a>,
    },
    /// What became of messages that one sent to `by`, between two places in their mailbox, the second one included: `read` is about
    /// all of them, `delivered` about those for every device and those for `device`.
    #[serde(rename = "receipt", rename_all = "camelCase")]
    Receipt {
        seq: i64,
        /// `delivered` or `read`.
        receipt: &'static str,
        #[schema(value_type = Uuid)]
        by: IdText,
        device: u32,
        after: i64,
        up_to: i64,
        #[schema(value_type = String, format = DateTime)]
        at: Stamp,
    },
    /// Somebody whom one has exchanged messages with encrypts with another key.
    #[serde(rename = "key.changed")]
    KeyChanged {
        seq: i64,
        #[schema(value_type = Uuid)]
        user: IdText,
        /// `public-key`, `device-added` or `device-removed`.
        kind: &'static str,
        device: u32,
        version: i64,
        #[schema(value_type = String, format = DateTime)]
        at: Stamp,
    },
}

impl<'a> EntryView<'a> {
    pub fn of(entry: &'a Entry) -> Self {
        let seq = entry.seq.get();
        match &entry.notice {
            Notice::Message(message) => Self::Message {
                seq,
                recipient_seq: None,
                message: MessageView::of(message),
            },
            Notice::Copy(message) => Self::Message {
                seq,
                recipient_seq: Some(message.seq.get()),
                message: MessageView::of(message),
            },
            Notice::Receipt(receipt) => Self::Receipt {
                seq,
                receipt: receipt.kind.as_str(),
                by: IdText::of(receipt.by),
                device: receipt.device.get(),
                after: receipt.after.get(),
                up_to: receipt.up_to.get(),
                at: Stamp(receipt.at),
            },
            Notice::KeyChange(change) => Self::KeyChanged {
                seq,
                user: IdText::of(change.user),
                kind: change.kind.as_str(),
                device: change.device.get(),
                version: change.version,
                at: Stamp(change.at),
            },
        }
    }
}

/// Which part of the mailbox is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MailQuery {
    /// The device that asks: what is for it alone, too. Without it, only what is for every device.
    #[param(value_type = Option<u32>, maximum = 2147483647)]
    device: Option<String>,
    /// Entries after this place are wanted; after what the device acknowledged, without it.
    #[param(value_type = Option<u64>, maximum = 9223372036854775807_u64)]
    after: Option<String>,
    /// How many entries are wanted.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

/// A whole number in a query.
pub(crate) fn number(text: &str) -> Result<u64, Invalid> {
    text.parse()
        .map_err(|_| Invalid::new("invalid_number", "Must be a whole number."))
}

/// A place in an order, in a query: what a client can give back in 63 bits, as it got it.
pub(crate) fn place(text: &str) -> Result<u64, Invalid> {
    let place = number(text)?;
    match i64::try_from(place) {
        Ok(_) => Ok(place),
        Err(_) => Err(Invalid::new("out_of_range", "Must be at most 9223372036854775807.")),
    }
}

impl MailQuery {
    pub fn parse(self) -> Result<(DeviceId, Option<Seq>, Limit), ApiError> {
        let mut check = Check::query();
        let (limit, _) = limit_and_count(&mut check, self.limit.as_deref(), None);
        let device = check.optional("device", self.device, |text| DeviceId::new(number(&text)?));
        let after = check.optional("after", self.after, |text| Seq::new(number(&text)?));
        check.finish(|| Some((device.unwrap_or_default(), after, limit)))
    }
}

/// A part of a mailbox.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailView<'a> {
    /// In order.
    items: Vec<EntryView<'a>>,
    /// Ask for what comes after this place next. Nothing more waits when it is the place that was asked for.
    cursor: i64,
}

impl<'a> MailView<'a> {
    pub fn of(entries: &'a [Entry], reached: Seq) -> Self {
        Self {
            items: entries.iter().map(EntryView::of).collect(),
            cursor: reached.get(),
        }
    }
}

/// Up to where a device has taken care of what came.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AcknowledgeBody {
    #[schema(required = true, nullable = false, minimum = 0)]
    up_to: Option<u64>,
    /// Which device; 0 without it.
    #[schema(minimum = 0, maximum = 2147483647)]
    device: Option<u64>,
}

impl AcknowledgeBody {
    pub fn parse(self) -> Result<(DeviceId, Seq), ApiError> {
        let mut check = Check::body();
        let up_to = check.required("upTo", self.up_to, Seq::new);
        let device = check.optional("device", self.device, DeviceId::new);
        check.finish(|| Some((device.unwrap_or_default(), up_to?)))
    }
}

/// Up to where something is done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpToView {
    up_to: i64,
}

impl UpToView {
    pub fn of(up_to: Seq) -> Self {
        Self { up_to: up_to.get() }
    }
}
