use tenon_kernel::{Id, Sealed, Slot, Timestamp};

#[doc(hidden)]
#[derive(Debug)]
pub enum BatchTag {}

/// What was posted to the webhook at once.
pub type BatchId = Id<BatchTag>;

/// A batch as it was posted, sealed because client states and tokens are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Made at `received_at`.
    pub id: BatchId,
    pub body: Sealed,
    pub received_at: Timestamp,
}

impl Batch {
    /// Where its body is kept.
    pub const fn slot(id: BatchId) -> Slot {
        Slot {
            organization: None,
            table: "graph_batches",
            column: "sealed",
            row: id.uuid(),
        }
    }
}
