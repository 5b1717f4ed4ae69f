mod content;
mod entry;
mod errors;
mod message;
mod ports;
mod retention;
mod service;

pub use content::{Content, Kind};
pub use entry::{Entry, KeyChange, Notice, Receipt, ReceiptKind, Seq};
pub use errors::{
    ChangeRetentionError, MarkReadError, PostError, PurgeError, ReadConversationError, ReadMailError, RetentionError,
    SendError,
};
pub use message::{ClientId, Conversation, Draft, Mailbox, Message, MessageId, Sent};
pub use ports::{Acknowledged, Archive, Awaited, Mail, Mailman, Posted, Reading, Wakes};
pub use retention::{MessageSettings, Policy, Retention};
pub use service::{Messages, MessagesPorts};
