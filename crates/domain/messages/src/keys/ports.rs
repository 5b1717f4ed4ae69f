use async_trait::async_trait;
use tenon_kernel::{Limit, OrganizationId, Timestamp, Unavailable, UserId};

use super::{
    Change, ChangePosition, Claimed, Device, KeyLogLine, KeyVersion, LineNumber, NewDevice, OwnDevice, PublicKey,
    Stocked, Supply, Upload,
};
use crate::DeviceId;

/// Simple public keys, and what is known of the past of all keys.
///
/// Who is no member of the organization MUST NOT be found, whatever keys they have.
#[async_trait]
pub trait PublicKeys: Send + Sync {
    /// Gives the user a key, which has the version after that of the one before.
    ///
    /// - MUST change nothing when it is the key that the user has.
    /// - MUST store the key, the line of the user's log and the change for each organization of the user, or nothing.
    /// - MUST give each of any number of concurrent changes a version and a line of its own, without holes.
    async fn publish(&self, user: UserId, key: &PublicKey, at: Timestamp) -> Result<KeyVersion, Unavailable>;

    /// The user's own key.
    async fn own(&self, user: UserId) -> Result<Option<KeyVersion>, Unavailable>;

    /// A member's key; nothing at all when there is no such member.
    async fn find(&self, organization: OrganizationId, user: UserId)
    -> Result<Option<Option<KeyVersion>>, Unavailable>;

    /// Lines of a member's log after a number, in their order; `None` when there is no such member.
    async fn lines(
        &self,
        organization: OrganizationId,
        user: UserId,
        after: LineNumber,
        limit: Limit,
    ) -> Result<Option<Vec<KeyLogLine>>, Unavailable>;

    /// Changes of the organization after a position, in their order.
    ///
    /// - MUST NOT ever show a change with a lower position than one that it has shown already.
    async fn changes(
        &self,
        organization: OrganizationId,
        after: ChangePosition,
        limit: Limit,
    ) -> Result<Vec<Change>, Unavailable>;
}

/// What became of a device that was to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It is there from now on.
    Now(OwnDevice),
    /// It was there.
    Before(OwnDevice),
}

/// Why a device was not entered.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// Another device has the identity key, or had it.
    #[error("the identity key is another device's")]
    IdentityTaken,
    /// The user has as many devices as one may have.
    #[error("too many devices")]
    TooManyDevices,
    /// One id is given to two keys, or two ids to one.
    #[error("a prekey contradicts another one")]
    Conflict,
    /// The device would have more unclaimed prekeys than one may have.
    #[error("too many prekeys")]
    TooManyPrekeys,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nothing of an upload was taken.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// The user has no such device.
    #[error("no such device")]
    NotFound,
    /// One id is given to two keys, or two ids to one.
    #[error("a prekey contradicts another one")]
    Conflict,
    /// The device would have more unclaimed prekeys than one may have.
    #[error("too many prekeys")]
    TooMany,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Devices and their prekeys.
#[async_trait]
pub trait Devices: Send + Sync {
    /// Registers a device under the next number of the user.
    ///
    /// - MUST return the device that has these keys already, after it took the prekeys as [`Devices::stock`] does.
    /// - MUST refuse an identity key that another device of anybody has or had, and a device past [`NewDevice::MOST`].
    /// - MUST NOT give a number twice, also when devices were removed.
    /// - MUST store the device, its prekeys, the line of the user's log and the change for each organization, or nothing.
    async fn register(&self, user: UserId, device: &NewDevice, at: Timestamp) -> Result<Registered, EnterError>;

    /// The user's devices in the order of their numbers; or the one of them.
    async fn own(&self, user: UserId, only: Option<DeviceId>) -> Result<Vec<OwnDevice>, Unavailable>;

    /// Removes a device and its prekeys, with the line of the user's log and the change for each organization; says whether there
    /// was one.
    async fn remove(&self, user: UserId, device: DeviceId, at: Timestamp) -> Result<bool, Unavailable>;

    /// Takes prekeys, after those that are there.
    ///
    /// - MUST take all of the upload or nothing.
    /// - MUST take no notice of what is there with the same id and key, also of what was claimed.
    /// - MUST refuse one with the id of another key, or the key of another id, also if that was claimed; and more unclaimed ones
    ///   than [`Upload::MOST_UNCLAIMED`], also when uploads race.
    /// - MUST forget that the last-resort prekey was used when it is replaced by another one, and only then.
    async fn stock(&self, user: UserId, device: DeviceId, upload: &Upload) -> Result<Stocked, StockError>;

    /// What a device has left; `None` when there is no such device.
    async fn supply(&self, user: UserId, device: DeviceId) -> Result<Option<Supply>, Unavailable>;

    /// The devices of a member in the order of their numbers; `None` when the organization has no such member.
    async fn of_member(&self, organization: OrganizationId, user: UserId) -> Result<Option<Vec<Device>>, Unavailable>;

    /// Whether the organization has the member.
    async fn has_member(&self, organization: OrganizationId, user: UserId) -> Result<bool, Unavailable>;

    /// Hands out a prekey of each device of a member, or of the one; `None` when the organization has no such member.
    ///
    /// - MUST NOT hand out a one-time prekey twice, whoever claims at the same time; MUST hand them out in the order of their upload.
    /// - MUST hand out the last-resort prekey only when there is no other, and note that it did.
    async fn claim(
        &self,
        organization: OrganizationId,
        user: UserId,
        only: Option<DeviceId>,
        at: Timestamp,
    ) -> Result<Option<Vec<Claimed>>, Unavailable>;
}
