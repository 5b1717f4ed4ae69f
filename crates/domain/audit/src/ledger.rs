use async_trait::async_trait;
use tenon_kernel::{Action, EntryId, Page, PageRequest, Unavailable};

use crate::{Chain, Head, Recorded};

/// Which entries are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Which {
    /// Those of one chain; of all without it.
    pub chain: Option<Chain>,
    /// Those that tell of this.
    pub action: Option<Action>,
}

/// Where a page of a listing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub sequence: u64,
    pub id: EntryId,
}

/// The chains as they are stored. Entries are added by whoever stores what they tell of:
///
/// - An entry MUST be stored with what it tells of, or neither.
/// - It MUST get the number after the last one of its chain, also when several are added at once, and the hash that
///   [`Head::followed_by`] computes.
/// - The store MUST refuse to change or to remove an entry, whoever asks, and MUST keep those of an organization that is deleted.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// The entries of a listing, newest first: those of one chain by their numbers, those of all by their times.
    ///
    /// - MUST cost the same at any depth.
    async fn list(&self, which: &Which, page: &PageRequest<Position>) -> Result<Page<Recorded, Position>, Unavailable>;

    /// The chain that comes after `chain` in the order of their ids, or the first. MUST find those of which only the head is there, and
    /// those of which only entries are.
    async fn next_chain(&self, chain: Option<Chain>) -> Result<Option<Chain>, Unavailable>;

    /// Where a chain ends.
    async fn head(&self, chain: Chain) -> Result<Option<Head>, Unavailable>;

    /// Up to `most` entries of a chain in the order of their numbers, after the one with the number `sequence`.
    async fn after(&self, chain: Chain, sequence: u64, most: usize) -> Result<Vec<Recorded>, Unavailable>;
}
