mod devices;
mod signing;

use std::sync::Arc;

use tenon_kernel::{Clock, Limit, Member, Quota, RateLimits, Standing, Unavailable, UserId};

use crate::Wakes;

use super::{
    Change, ChangePosition, Devices, KeyLogLine, KeyVersion, LineNumber, PublicKey, PublicKeys, PublishKeyError,
    ReadKeysError, ReadPublicKeyError, Signatures,
};

/// What [`Keys`] works with.
#[derive(Clone)]
pub struct KeysPorts {
    pub public_keys: Arc<dyn PublicKeys>,
    pub devices: Arc<dyn Devices>,
    pub signatures: Arc<dyn Signatures>,
    pub limits: Arc<dyn RateLimits>,
    pub wakes: Arc<dyn Wakes>,
    pub clock: Arc<dyn Clock>,
}

/// How often keys change and prekeys are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyQuotas {
    /// By one user: everybody who has exchanged messages with them is told of each change.
    pub changes: Quota,
    /// Claims by one user: they use prekeys up, and whoever has none left is talked to with less secrecy.
    pub by_claimer: Quota,
    /// Claims of one user's.
    pub of_target: Quota,
}

/// Keeps and hands out the keys that people encrypt with. A user's keys are theirs alone, whatever their role; members of their
/// organizations read them.
#[derive(Clone)]
pub struct Keys {
    ports: KeysPorts,
    quotas: KeyQuotas,
}

impl Keys {
    /// A service over these ports.
    pub fn new(ports: KeysPorts, quotas: KeyQuotas) -> Self {
        Self { ports, quotas }
    }

    /// Gives the user a simple public key. The same key again changes nothing.
    ///
    /// # Errors
    ///
    /// As [`PublishKeyError`] says.
    pub async fn publish(&self, user: UserId, key: &PublicKey) -> Result<KeyVersion, PublishKeyError> {
        let standing = self.standing(&self.quotas.changes, user).await;
        if !standing.allowed() {
            return Err(PublishKeyError::Limited(standing));
        }
        let now = self.ports.clock.now();
        let published = self.ports.public_keys.publish(user, key, now).await?;
        if published.changed_at == now {
            tracing::info!(%user, version = published.version.get(), "has another public key");
        }
        Ok(published)
    }

    async fn standing(&self, quota: &Quota, user: UserId) -> Standing {
        self.ports.limits.take(quota, &format!("user:{user}")).await
    }

    /// The user's own public key.
    ///
    /// # Errors
    ///
    /// [`ReadPublicKeyError::NoKey`].
    pub async fn own_public_key(&self, user: UserId) -> Result<KeyVersion, ReadPublicKeyError> {
        self.ports.public_keys.own(user).await?.ok_or(ReadPublicKeyError::NoKey)
    }

    /// The public key of somebody in the member's organization.
    ///
    /// # Errors
    ///
    /// As [`ReadPublicKeyError`] says.
    pub async fn public_key(&self, member: &Member, user: UserId) -> Result<KeyVersion, ReadPublicKeyError> {
        self.ports
            .public_keys
            .find(member.organization, user)
            .await?
            .ok_or(ReadPublicKeyError::UnknownUser)?
            .ok_or(ReadPublicKeyError::NoKey)
    }

    /// Lines of the key log of somebody in the member's organization.
    ///
    /// # Errors
    ///
    /// As [`ReadKeysError`] says.
    pub async fn log(
        &self,
        member: &Member,
        user: UserId,
        after: LineNumber,
        limit: Limit,
    ) -> Result<Vec<KeyLogLine>, ReadKeysError> {
        let keys = &self.ports.public_keys;
        keys.lines(member.organization, user, after, limit)
            .await?
            .ok_or(ReadKeysError::UnknownUser)
    }

    /// Changes of keys in the member's organization.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn changes(
        &self,
        member: &Member,
        after: ChangePosition,
        limit: Limit,
    ) -> Result<Vec<Change>, Unavailable> {
        self.ports.public_keys.changes(member.organization, after, limit).await
    }
}
