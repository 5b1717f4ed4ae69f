//! The service for API keys.

mod authentication;
mod known;

use std::sync::Arc;

pub use authentication::KeyRefusal;
pub use known::KnownKeys;
use tenon_kernel::{
    Action, ApiKeyId, Author, Clock, CreateError, Created, Device, Entry, Id, KeyScope, Member, Once, OrganizationId,
    Page, PageRequest, Role, SubjectKind, Unavailable, UserId,
};

use crate::tenancy::require;
use crate::{ApiKey, ApiKeyDraft, ApiKeyToken, ApiKeys, Denied, IssuedKey, Secrets};

/// What [`ApiAccess`] needs.
#[derive(Clone)]
pub struct ApiAccessPorts {
    pub keys: Arc<dyn ApiKeys>,
    pub secrets: Arc<dyn Secrets>,
    pub known: Arc<KnownKeys>,
    pub clock: Arc<dyn Clock>,
}

/// Why an API key was not made, read or revoked.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The organization has no such key.
    #[error("no such API key")]
    NotFound,
    /// The key would have expired before it was made.
    #[error("the time of expiry is over")]
    Past,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer, or there was no randomness.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<CreateError> for ApiKeyError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OrganizationGone => Self::Denied(Denied::OtherOrganization),
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Gives servers of an organization access to the API. A key belongs to the organization and not to whoever made it: it goes on
/// working when they leave.
#[derive(Clone)]
pub struct ApiAccess {
    ports: ApiAccessPorts,
}

impl ApiAccess {
    /// A service over these ports.
    pub fn new(ports: ApiAccessPorts) -> Self {
        Self { ports }
    }

    /// Makes a key; takes an admin, who is its creator.
    ///
    /// # Errors
    ///
    /// As [`ApiKeyError`] says.
    pub async fn create(
        &self,
        member: &Member,
        organization: OrganizationId,
        draft: ApiKeyDraft,
        once: Once<'_, IssuedKey>,
        device: &Device,
    ) -> Result<Created<IssuedKey>, ApiKeyError> {
        require(member, organization, Role::Admin)?;
        let author = Author::member(member, device);
        self.issue(organization, member.user, draft, once, author).await
    }

    /// The keys of the organization, the newest first; takes an admin.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError::Denied`].
    pub async fn list(
        &self,
        member: &Member,
        organization: OrganizationId,
        page: &PageRequest<ApiKeyId>,
    ) -> Result<Page<ApiKey, ApiKeyId>, ApiKeyError> {
        require(member, organization, Role::Admin)?;
        Ok(self.issued(organization, page).await?)
    }

    /// One key; takes an admin.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError::NotFound`].
    pub async fn find(
        &self,
        member: &Member,
        organization: OrganizationId,
        key: ApiKeyId,
    ) -> Result<ApiKey, ApiKeyError> {
        require(member, organization, Role::Admin)?;
        let found = self.ports.keys.find(organization, key).await?;
        found.ok_or(ApiKeyError::NotFound)
    }

    /// Revokes a key; takes an admin. This instance refuses it at once, others once they look it up again.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError::NotFound`].
    pub async fn revoke(
        &self,
        member: &Member,
        organization: OrganizationId,
        key: ApiKeyId,
        device: &Device,
    ) -> Result<(), ApiKeyError> {
        require(member, organization, Role::Admin)?;
        self.withdraw(organization, key, Author::member(member, device)).await
    }

    /// Makes a key in the name of `creator`, for whoever has the installation and need not be asked for a role.
    ///
    /// # Errors
    ///
    /// As [`ApiKeyError`] says.
    pub async fn issue(
        &self,
        organization: OrganizationId,
        creator: UserId,
        draft: ApiKeyDraft,
        once: Once<'_, IssuedKey>,
        author: Author,
    ) -> Result<Created<IssuedKey>, ApiKeyError> {
        let now = self.ports.clock.now();
        if draft.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(ApiKeyError::Past);
        }
        let token = ApiKeyToken::new(&self.ports.secrets.token()?);
        let key = ApiKey {
            id: Id::at(now),
            organization,
            name: draft.name,
            prefix: token.prefix(),
            scopes: draft.scopes,
            created_by: creator,
            created_at: now,
            last_used_at: None,
            expires_at: draft.expires_at,
        };
        let digest = self.ports.secrets.digest(&token.opaque());
        let issued = IssuedKey { key, token };
        let remember = once.remember(&issued, now)?;
        let scopes: Vec<&str> = issued.key.scopes.iter().map(KeyScope::as_str).collect();
        let entry = Entry::new(now, author, Action::ApiKeyCreated)
            .of(organization)
            .about(SubjectKind::ApiKey, issued.key.id)
            .with("name", issued.key.name.as_str())
            .with("scopes", scopes.join(" ").as_str());
        let keys = &self.ports.keys;
        let created = keys.create(&issued.key, &digest, remember.as_ref(), &entry).await?;
        Ok(match created {
            Created::Now(()) => {
                tracing::info!(key = %issued.key.id, %organization, user = %creator, "made an API key");
                Created::Now(issued)
            }
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The keys of an organization, for whoever has the installation.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn issued(
        &self,
        organization: OrganizationId,
        page: &PageRequest<ApiKeyId>,
    ) -> Result<Page<ApiKey, ApiKeyId>, Unavailable> {
        self.ports.keys.list(organization, page).await
    }

    /// Revokes a key, for whoever has the installation, or for a member who may.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError::NotFound`].
    pub async fn withdraw(
        &self,
        organization: OrganizationId,
        key: ApiKeyId,
        author: Author,
    ) -> Result<(), ApiKeyError> {
        let now = self.ports.clock.now();
        let by = author.user_id();
        let entry = Entry::new(now, author, Action::ApiKeyRevoked)
            .of(organization)
            .about(SubjectKind::ApiKey, key);
        if !self.ports.keys.remove(organization, key, &entry).await? {
            return Err(ApiKeyError::NotFound);
        }
        self.ports.known.refuse_key(key, now);
        tracing::info!(%key, %organization, user = by.map(tracing::field::display), "revoked an API key");
        Ok(())
    }
}
