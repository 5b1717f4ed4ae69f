use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{OrganizationId, Timestamp, Unavailable, UserId};
use tenon_messages::DeviceId;
use tenon_messages::keys::{
    Claimed, Device, EnterError, NewDevice, OwnDevice, Registered, StockError, Stocked, Supply, Upload,
};

use super::{Conn, Database, entering, is_member, locks, stock};
use crate::fault::Fault;
use crate::rows::{DeviceRow, device_number};
use crate::schema::devices;
use crate::types::Key;

/// See the port.
pub struct Devices(pub Database);

/// The user's devices, or the one of them.
fn live(conn: &mut Conn, user: UserId, only: Option<DeviceId>) -> QueryResult<Vec<DeviceRow>> {
    if let Some(device) = only {
        return Ok(stock::live(conn, user, device_number(device))?.into_iter().collect());
    }
    devices::table
        .filter(devices::user_id.eq(Key(user)))
        .filter(devices::removed_at.is_null())
        .order(devices::device)
        .select(DeviceRow::as_select())
        .load(conn)
}

#[async_trait]
impl tenon_messages::keys::Devices for Devices {
    async fn register(&self, user: UserId, device: &NewDevice, at: Timestamp) -> Result<Registered, EnterError> {
        let device = device.clone();
        self.0
            .write(move |conn| entering::register(conn, user, &device, at))
            .await
    }

    async fn own(&self, user: UserId, only: Option<DeviceId>) -> Result<Vec<OwnDevice>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let rows = live(conn, user, only)?;
            rows.iter().map(|row| entering::own(conn, row)).collect()
        };
        self.0.read(read).await
    }

    async fn remove(&self, user: UserId, device: DeviceId, at: Timestamp) -> Result<bool, Unavailable> {
        self.0
            .write(move |conn| Ok(entering::remove(conn, user, device, at)?))
            .await
    }

    async fn stock(&self, user: UserId, device: DeviceId, upload: &Upload) -> Result<Stocked, StockError> {
        let upload = upload.clone();
        let work = move |conn: &mut Conn| {
            locks::user(conn, user)?;
            let row = stock::live(conn, user, device_number(device))?;
            stock::take(conn, &row.ok_or(Fault::Refused(StockError::NotFound))?, &upload)
        };
        self.0.write(work).await
    }

    async fn supply(&self, user: UserId, device: DeviceId) -> Result<Option<Supply>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row = stock::live(conn, user, device_number(device))?;
            row.map(|row| stock::supply(conn, &row)).transpose()
        };
        self.0.read(read).await
    }

    async fn of_member(&self, organization: OrganizationId, user: UserId) -> Result<Option<Vec<Device>>, Unavailable> {
        let read = move |conn: &mut Conn| {
            if !is_member(conn, organization, user)? {
                return Ok(None);
            }
            let rows = live(conn, user, None)?;
            rows.iter().map(DeviceRow::device).collect::<QueryResult<_>>().map(Some)
        };
        self.0.read(read).await
    }

    async fn has_member(&self, organization: OrganizationId, user: UserId) -> Result<bool, Unavailable> {
        self.0.point(move |conn| is_member(conn, organization, user)).await
    }

    async fn claim(
        &self,
        organization: OrganizationId,
        user: UserId,
        only: Option<DeviceId>,
        at: Timestamp,
    ) -> Result<Option<Vec<Claimed>>, Unavailable> {
        let work = move |conn: &mut Conn| {
            if !is_member(conn, organization, user)? {
                return Ok(None);
            }
            let mut claimed = Vec::new();
            for row in live(conn, user, only)? {
                claimed.extend(stock::claim(conn, user, row.device, at)?);
            }
            Ok(Some(claimed))
        };
        self.0.write(work).await
    }
}
