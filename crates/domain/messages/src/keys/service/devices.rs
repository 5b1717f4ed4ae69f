use tenon_kernel::{Member, Quota, UserId};

use super::Keys;
use super::signing::wrong;
use crate::DeviceId;
use crate::keys::{
    ClaimError, Claimed, Device, NewDevice, OwnDevice, ReadDeviceError, ReadKeysError, RegisterDeviceError, Registered,
    Stocked, Supply, Upload, UploadPrekeysError,
};

impl Keys {
    /// Registers a device; one that is registered with these keys takes the prekeys.
    ///
    /// # Errors
    ///
    /// As [`RegisterDeviceError`] says.
    pub async fn register(&self, user: UserId, device: &NewDevice) -> Result<Registered, RegisterDeviceError> {
        let signatures = &*self.ports.signatures;
        signatures
            .examine(&device.identity_key)
            .map_err(RegisterDeviceError::RefusedIdentity)?;
        let upload = device.upload();
        let wrong = wrong(signatures, &device.identity_key, Some(&device.agreement_key), &upload);
        if !wrong.is_empty() {
            return Err(RegisterDeviceError::WrongSignatures(wrong));
        }
        let one_time_prekeys = upload.distinct().ok_or(RegisterDeviceError::PrekeyConflict)?;
        let standing = self.standing(&self.quotas.changes, user).await;
        if !standing.allowed() {
            return Err(RegisterDeviceError::Limited(standing));
        }
        let device = NewDevice {
            one_time_prekeys,
            ..device.clone()
        };
        let registered = self
            .ports
            .devices
            .register(user, &device, self.ports.clock.now())
            .await?;
        if let Registered::Now(own) = &registered {
            tracing::info!(%user, device = %own.device.id, "registered a device");
        }
        Ok(registered)
    }

    /// The user's own devices.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tenon_kernel::Unavailable).
    pub async fn devices(&self, user: UserId) -> Result<Vec<OwnDevice>, tenon_kernel::Unavailable> {
        self.ports.devices.own(user, None).await
    }

    /// Removes a device of the user's; its number and its identity key come to no other.
    ///
    /// # Errors
    ///
    /// As [`ReadDeviceError`] says.
    pub async fn remove(&self, user: UserId, device: DeviceId) -> Result<(), ReadDeviceError> {
        let at = self.ports.clock.now();
        if !self.ports.devices.remove(user, device, at).await? {
            return Err(ReadDeviceError::NotFound);
        }
        tracing::info!(%user, %device, "removed a device");
        Ok(())
    }

    /// Takes prekeys of the user's device.
    ///
    /// # Errors
    ///
    /// As [`UploadPrekeysError`] says.
    pub async fn stock(&self, user: UserId, device: DeviceId, upload: &Upload) -> Result<Stocked, UploadPrekeysError> {
        let own = self.ports.devices.own(user, Some(device)).await?;
        let own = own.first().ok_or(UploadPrekeysError::NotFound)?;
        let wrong = wrong(&*self.ports.signatures, &own.device.identity_key, None, upload);
        if !wrong.is_empty() {
            return Err(UploadPrekeysError::WrongSignatures(wrong));
        }
        let upload = Upload {
            one_time: upload.distinct().ok_or(UploadPrekeysError::Conflict)?,
            ..upload.clone()
        };
        Ok(self.ports.devices.stock(user, device, &upload).await?)
    }

    /// What the user's device has left.
    ///
    /// # Errors
    ///
    /// As [`ReadDeviceError`] says.
    pub async fn supply(&self, user: UserId, device: DeviceId) -> Result<Supply, ReadDeviceError> {
        let supply = self.ports.devices.supply(user, device).await?;
        supply.ok_or(ReadDeviceError::NotFound)
    }

    /// The devices of somebody in the member's organization. Claims nothing.
    ///
    /// # Errors
    ///
    /// As [`ReadKeysError`] says.
    pub async fn devices_of(&self, member: &Member, user: UserId) -> Result<Vec<Device>, ReadKeysError> {
        let devices = self.ports.devices.of_member(member.organization, user).await?;
        devices.ok_or(ReadKeysError::UnknownUser)
    }

    /// Hands out a prekey of each device of somebody in the member's organization, or of the one.
    ///
    /// # Errors
    ///
    /// As [`ClaimError`] says.
    pub async fn claim(
        &self,
        member: &Member,
        user: UserId,
        only: Option<DeviceId>,
    ) -> Result<Vec<Claimed>, ClaimError> {
        let devices = &self.ports.devices;
        self.take(&self.quotas.by_claimer, member.user).await?;
        // Before it counts against the target, so that nobody uses up what others may claim of somebody they do not know.
        if !devices.has_member(member.organization, user).await? {
            return Err(ClaimError::UnknownUser);
        }
        self.take(&self.quotas.of_target, user).await?;
        let claimed = devices
            .claim(member.organization, user, only, self.ports.clock.now())
            .await?
            .ok_or(ClaimError::UnknownUser)?;
        if only.is_some() && claimed.is_empty() {
            return Err(ClaimError::UnknownDevice);
        }
        self.ports.wakes.restock(user);
        Ok(claimed)
    }

    async fn take(&self, quota: &Quota, user: UserId) -> Result<(), ClaimError> {
        let standing = self.standing(quota, user).await;
        match standing.allowed() {
            true => Ok(()),
            false => Err(ClaimError::Limited(standing)),
        }
    }
}
