use async_trait::async_trait;
use tenon_kernel::{
    ApiKeyId, CreateError, Created, Entry, OrganizationId, Page, PageRequest, Remembered, Timestamp, Unavailable,
};

use crate::{ApiKey, TokenDigest};

/// That an API key was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    pub organization: OrganizationId,
    pub key: ApiKeyId,
    pub at: Timestamp,
}

/// The API keys of organizations.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Stores a key with the digest of its token.
    ///
    /// - MUST store it, the entry of the audit log, and what is to be remembered, or nothing.
    /// - MUST return the kept answer instead when the request was remembered before.
    async fn create(
        &self,
        key: &ApiKey,
        token: &TokenDigest,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError>;

    /// One key of the organization.
    async fn find(&self, organization: OrganizationId, key: ApiKeyId) -> Result<Option<ApiKey>, Unavailable>;

    /// The keys of the organization, the newest first, those that have expired too.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<ApiKeyId>,
    ) -> Result<Page<ApiKey, ApiKeyId>, Unavailable>;

    /// Takes a key away; says whether there was one.
    ///
    /// - MUST say so to one of several who take the same key away at once.
    /// - MUST store the entry of the audit log too if there was one, or nothing.
    async fn remove(&self, organization: OrganizationId, key: ApiKeyId, entry: &Entry) -> Result<bool, Unavailable>;

    /// The key that has this token, whatever its organization. A key is gone once it was removed or its organization was deleted.
    async fn by_token(&self, token: &TokenDigest) -> Result<Option<ApiKey>, Unavailable>;

    /// Notes when keys were used.
    ///
    /// - MUST leave a key as it is that is known to have been used later.
    async fn used(&self, uses: &[KeyUse]) -> Result<(), Unavailable>;
}
