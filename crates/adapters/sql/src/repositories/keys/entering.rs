//! Devices as they come and go.

use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use tenon_kernel::{Timestamp, UserId, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{EnterError, LogEntry, LogKind, NewDevice, OwnDevice, Registered, StockError, Upload};

use super::{Conn, feed, locks, stock};
use crate::fault::{Fault, already_there};
use crate::rows::DeviceRow;
use crate::schema::{devices, prekeys};
use crate::types::{At, Key};

/// A device as its owner sees it.
pub fn own(conn: &mut Conn, row: &DeviceRow) -> QueryResult<OwnDevice> {
    Ok(OwnDevice {
        device: row.device()?,
        name: row.name()?,
        supply: stock::supply(conn, row)?,
    })
}

/// Registers a device, or takes the prekeys of one that is registered.
pub fn register(
    conn: &mut Conn,
    user: UserId,
    device: &NewDevice,
    at: Timestamp,
) -> Result<Registered, Fault<EnterError>> {
    locks::user(conn, user)?;
    if let Some(row) = registered(conn, user, device)? {
        take(conn, &row, &device.upload())?;
        let number = row.device;
        let row = stock::live(conn, user, number)?.ok_or(diesel::result::Error::NotFound)?;
        return Ok(Registered::Before(own(conn, &row)?));
    }
    let number = next_number(conn, user)?;
    let row = DeviceRow::new(user, number, device, at)?;
    let inserted = diesel::insert_into(devices::table).values(&row).execute(conn);
    already_there(inserted, EnterError::IdentityTaken)?;
    let upload = Upload {
        one_time: device.one_time_prekeys.clone(),
        ..Upload::default()
    };
    take(conn, &row, &upload)?;
    let keys = vec![*device.identity_key.as_bytes(), *device.agreement_key.key.as_bytes()];
    feed::record(conn, user, entry(LogKind::DeviceAdded, number, keys, at))?;
    Ok(Registered::Now(own(conn, &row)?))
}

/// The device that has these keys already.
fn registered(conn: &mut Conn, user: UserId, device: &NewDevice) -> Result<Option<DeviceRow>, Fault<EnterError>> {
    let row: Option<DeviceRow> = devices::table
        .filter(devices::identity_key.eq(device.identity_key.as_bytes().as_slice()))
        .select(DeviceRow::as_select())
        .first(conn)
        .optional()?;
    let same = |row: &DeviceRow| {
        row.user_id == Key(user)
            && row.removed_at.is_none()
            && row.agreement_key == device.agreement_key.key.as_bytes().as_slice()
    };
    match row {
        Some(row) if !same(&row) => Err(Fault::Refused(EnterError::IdentityTaken)),
        found => Ok(found),
    }
}

/// The number of the user's next device, as long as they may have one more.
fn next_number(conn: &mut Conn, user: UserId) -> Result<DeviceId, Fault<EnterError>> {
    let of_user = devices::table.filter(devices::user_id.eq(Key(user)));
    let count: i64 = of_user
        .filter(devices::removed_at.is_null())
        .select(count_star())
        .get_result(conn)?;
    if usize::try_from(count).is_ok_and(|count| count >= NewDevice::MOST) {
        return Err(Fault::Refused(EnterError::TooManyDevices));
    }
    let last: Option<i32> = of_user.select(max(devices::device)).get_result(conn)?;
    let last = u64::try_from(last.unwrap_or(0)).unwrap_or(0);
    // Whoever has used up two thousand million numbers has as many as one may have.
    DeviceId::new(last.saturating_add(1)).map_err(|_| Fault::Refused(EnterError::TooManyDevices))
}

fn take(conn: &mut Conn, row: &DeviceRow, upload: &Upload) -> Result<(), Fault<EnterError>> {
    let refused = |error| match error {
        StockError::Conflict => EnterError::Conflict,
        StockError::TooMany => EnterError::TooManyPrekeys,
        StockError::Unavailable(error) => EnterError::Unavailable(error),
        StockError::NotFound => {
            EnterError::Unavailable(crate::fault::unavailable("the device is gone while its user is locked"))
        }
    };
    match stock::take(conn, row, upload) {
        Ok(_) => Ok(()),
        Err(Fault::Refused(error)) => Err(Fault::Refused(refused(error))),
        Err(Fault::Failed(error)) => Err(Fault::Failed(error)),
    }
}

/// Removes a device; says whether there was one.
pub fn remove(conn: &mut Conn, user: UserId, device: DeviceId, at: Timestamp) -> QueryResult<bool> {
    locks::user(conn, user)?;
    let number = crate::rows::device_number(device);
    let live = devices::table
        .find((Key(user), number))
        .filter(devices::removed_at.is_null());
    let removed = diesel::update(live).set(devices::removed_at.eq(At(at))).execute(conn)?;
    if removed == 0 {
        return Ok(false);
    }
    diesel::delete(
        prekeys::table
            .filter(prekeys::user_id.eq(Key(user)))
            .filter(prekeys::device.eq(number)),
    )
    .execute(conn)?;
    feed::record(conn, user, entry(LogKind::DeviceRemoved, device, Vec::new(), at))?;
    Ok(true)
}

fn entry(kind: LogKind, device: DeviceId, keys: Vec<[u8; 32]>, at: Timestamp) -> LogEntry {
    LogEntry {
        kind,
        device,
        version: Version::new(0),
        keys,
        at,
    }
}
