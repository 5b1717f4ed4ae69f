use std::time::Duration;

use async_trait::async_trait;

use crate::Unavailable;

/// Keeps for a while what a client goes on with that was cut off, by a digest of what it comes back with.
#[async_trait]
pub trait Recoveries: Send + Sync {
    /// Keeps a state for this time. It may be forgotten earlier when too many are kept.
    async fn keep(&self, key: [u8; 32], state: Vec<u8>, life: Duration) -> Result<(), Unavailable>;

    /// The state, which is not kept any more afterwards.
    ///
    /// - MUST give it to exactly one of several that ask at once, on any instance.
    /// - MUST NOT give it after its life.
    async fn take(&self, key: [u8; 32]) -> Result<Option<Vec<u8>>, Unavailable>;
}
