mod devices;
mod signing;

use std::sync::Arc;

use tenon_kernel::{Clock, Limit, Member, Quota, RateLimits, Unavailable, UserId};

use crate::Wakes;

use super::{
    Change, ChangePosition, Devices, KeyLogLine, KeyVersion, LineNumber, PublicKey, PublicKeys, ReadKeysError,
    ReadPublicKeyError, Signatures,
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

/// How often prekeys are handed out: claims use them up, and whoever has none left is talked to with less secrecy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimQuotas {
    /// To one user.
    pub by_claimer: Quota,
    /// Of one user.
    pub of_target: Quota,
}

/// Keeps and hands out the keys that people encrypt with. A user's keys are theirs alone, whatever their role; members of their
/// organizations read them.
#[derive(Clone)]
pub struct Keys {
    ports: KeysPorts,
    quotas: ClaimQuotas,
}

impl Keys {
    /// A service over these ports.
    pub fn new(ports: KeysPorts, quotas: ClaimQuotas) -> Self {
        Self { ports, quotas }
    }

    /// Gives the user a simple public key. The same key again changes nothing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn publish(&self, user: UserId, key: &PublicKey) -> Result<KeyVersion, Unavailable> {
        let now = self.ports.clock.now();
        let published = self.ports.public_keys.publish(user, key, now).await?;
        if published.changed_at == now {
            tracing::info!(%user, version = published.version.get(), "has another public key");
        }
        Ok(published)
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
