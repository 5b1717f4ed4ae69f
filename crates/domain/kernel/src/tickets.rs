use std::time::Duration;

use async_trait::async_trait;

use crate::Unavailable;

/// Remembers what may be used once, by a digest of it.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// Remembers a ticket for this time.
    async fn issue(&self, ticket: [u8; 32], life: Duration) -> Result<(), Unavailable>;

    /// Whether the ticket is still remembered. It is not any more afterwards.
    ///
    /// - MUST say yes to exactly one of several that ask at once, on any instance.
    /// - MUST say no after the ticket's life.
    async fn redeem(&self, ticket: [u8; 32]) -> Result<bool, Unavailable>;
}
