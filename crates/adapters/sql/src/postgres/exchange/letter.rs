use tenon_kernel::UserId;
use tenon_messages::Mailbox;

use crate::rows::MessageRow;
use crate::types::Key;

/// A message without its places, and how many may wait for its recipient.
pub struct Letter {
    pub row: MessageRow,
    pub most: i64,
}

impl Letter {
    pub fn new(row: MessageRow, most: u32) -> Self {
        Self {
            row,
            most: i64::from(most),
        }
    }

    /// Whether the sender's other sessions get it too.
    pub fn is_copied(&self) -> bool {
        self.row.device == 0 && !self.is_to_oneself()
    }

    pub fn is_to_oneself(&self) -> bool {
        self.row.recipient_id == self.row.sender_id
    }

    pub fn sender(&self) -> Mailbox {
        self.mailbox(self.row.sender_id)
    }

    pub fn recipient(&self) -> Mailbox {
        self.mailbox(self.row.recipient_id)
    }

    fn mailbox(&self, user: Key<UserId>) -> Mailbox {
        Mailbox {
            organization: self.row.organization_id.0,
            user: user.0,
        }
    }
}
