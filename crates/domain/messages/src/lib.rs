//! End-to-end-encrypted messages: the server stores and moves ciphertext that it cannot read.
//!
//! `keys` is what people encrypt with: public keys, devices with their prekeys, and the log of what changed. `mail` is
//! what they send: messages, receipts, conversations.

mod device;
pub mod keys;
mod mail;

pub use device::DeviceId;
pub use mail::{
    Acknowledged, Archive, Awaited, ChangeRetentionError, ClientId, Content, Conversation, Draft, Entry, KeyChange,
    Kind, Mail, Mailbox, Mailman, MarkReadError, Message, MessageId, MessageSettings, Messages, MessagesPorts, Notice,
    Policy, PostError, Posted, PurgeError, ReadConversationError, ReadMailError, Reading, Receipt, ReceiptKind,
    Retention, RetentionError, SendError, Sent, Seq, Wakes,
};
