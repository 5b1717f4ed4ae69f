use async_trait::async_trait;
use tenon_accounts::{Revocation, RevocationFeed};

/// The feed of an instance that is alone: there is nobody to tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFeed;

#[async_trait]
impl RevocationFeed for LocalFeed {
    async fn announce(&self, _revocations: &[Revocation]) {}
}
