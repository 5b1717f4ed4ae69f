use serde::{Deserialize, Serialize};
use tenon_messages::{Conversation, DeviceId, Message, Seq};
use utoipa::{IntoParams, ToSchema};

use super::messages::{MessageView, number};
use super::{Check, IdText, PageQuery, Stamp};
use crate::error::ApiError;

/// The parameters of a listing of conversations or messages.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConversationQuery {
    /// For conversations, whose unread messages count; for messages, whose are listed, instead of those of every device.
    #[param(value_type = Option<u32>)]
    device: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
}

impl ConversationQuery {
    /// The device, and the rest.
    pub fn split(self) -> Result<(Option<DeviceId>, PageQuery), ApiError> {
        let mut check = Check::query();
        let device = check.optional("device", self.device, |text| DeviceId::new(number(&text)?));
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
            count: None,
        };
        check.finish(|| Some((device, page)))
    }
}

/// A conversation with somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationView<'a> {
    #[schema(value_type = Uuid)]
    user: IdText,
    /// `null` when it is not kept any longer.
    #[schema(required = true)]
    last_message: Option<KeptMessageView<'a>>,
    /// Received and not read; 1,000 stands for as many or more.
    unread: u32,
}

impl<'a> ConversationView<'a> {
    pub fn of(conversation: &'a Conversation) -> Self {
        Self {
            user: IdText::of(conversation.peer),
            last_message: conversation.last_message.as_ref().map(KeptMessageView::of),
            unread: conversation.unread,
        }
    }
}

/// A message and what became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptMessageView<'a> {
    /// Its place in the recipient's mailbox.
    seq: i64,
    #[serde(flatten)]
    message: MessageView<'a>,
    /// When a device of the recipient first acknowledged it; `null` before.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Stamp>,
    /// When the recipient said that they had read it; `null` before, and for the sender when the recipient sends no read receipts.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    read_at: Option<Stamp>,
}

impl<'a> KeptMessageView<'a> {
    pub fn of(message: &'a Message) -> Self {
        Self {
            seq: message.seq.get(),
            message: MessageView::of(message),
            delivered_at: message.delivered_at.map(Stamp),
            read_at: message.read_at.map(Stamp),
        }
    }
}

/// Up to where somebody has read.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReadBody {
    /// A place in one's own mailbox: the `seq` of a message that one received.
    #[schema(required = true, nullable = false, minimum = 0)]
    up_to: Option<u64>,
}

impl ReadBody {
    pub fn parse(self) -> Result<Seq, ApiError> {
        let mut check = Check::body();
        let up_to = check.required("upTo", self.up_to, Seq::new);
        check.finish(|| up_to)
    }
}
