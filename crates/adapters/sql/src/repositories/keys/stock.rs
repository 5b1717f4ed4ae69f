//! Prekeys as they come and go.

use diesel::dsl::count_star;
use diesel::prelude::*;
use tenon_kernel::{Timestamp, UserId};
use tenon_messages::keys::{Claimed, ClaimedPrekey, Prekey, PrekeyKind, StockError, Stocked, Supply, Upload};

use super::{Conn, locks};
use crate::fault::Fault;
use crate::rows::{DeviceRow, PrekeyRow};
use crate::schema::{devices, prekeys};
use crate::types::{At, Key};

/// What a device has left.
pub fn supply(conn: &mut Conn, row: &DeviceRow) -> QueryResult<Supply> {
    let remaining: i64 = prekeys::table
        .filter(prekeys::user_id.eq(row.user_id))
        .filter(prekeys::device.eq(row.device))
        // All positions are; a range makes SQLite choose the index of what is unclaimed.
        .filter(prekeys::position.gt(0))
        .filter(prekeys::claimed_at.is_null())
        .select(count_star())
        .get_result(conn)?;
    Ok(Supply {
        remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
        last_resort_used: row.last_resort_used_at.is_some(),
    })
}

/// Takes the prekeys of an upload, for whoever holds `locks::user` of the user.
pub fn take(conn: &mut Conn, row: &DeviceRow, upload: &Upload) -> Result<Stocked, Fault<StockError>> {
    let user = row.user_id.0;
    let new = unknown(conn, row, &upload.one_time)?;
    let signed = replacing(upload.signed, row.signed()?)?;
    let last_resort = replacing(upload.last_resort, row.last_resort()?)?;
    let mut supply = supply(conn, row)?;
    let accepted = u32::try_from(new.len()).unwrap_or(u32::MAX);
    supply.remaining = supply.remaining.saturating_add(accepted);
    if accepted > 0 && usize::try_from(supply.remaining).is_ok_and(|remaining| remaining > Upload::MOST_UNCLAIMED) {
        return Err(Fault::Refused(StockError::TooMany));
    }
    if accepted > 0 {
        let rows: Vec<PrekeyRow> = (row.stocked + 1..)
            .zip(&new)
            .map(|(position, prekey)| PrekeyRow::new(user, row.device, prekey, position))
            .collect();
        diesel::insert_into(prekeys::table).values(&rows).execute(conn)?;
        diesel::update(devices::table.find((Key(user), row.device)))
            .set(devices::stocked.eq(row.stocked.saturating_add(accepted.into())))
            .execute(conn)?;
    }
    if let Some(prekey) = signed {
        diesel::update(devices::table.find((Key(user), row.device)))
            .set((
                devices::signed_id.eq(i64::from(prekey.id.get())),
                devices::signed_key.eq(prekey.key.as_bytes().as_slice()),
                devices::signed_signature.eq(prekey.signature.as_bytes().as_slice()),
            ))
            .execute(conn)?;
    }
    if let Some(prekey) = last_resort {
        diesel::update(devices::table.find((Key(user), row.device)))
            .set((
                devices::last_resort_id.eq(i64::from(prekey.id.get())),
                devices::last_resort_key.eq(prekey.key.as_bytes().as_slice()),
                devices::last_resort_signature.eq(prekey.signature.as_bytes().as_slice()),
                devices::last_resort_used_at.eq(None::<At>),
            ))
            .execute(conn)?;
        supply.last_resort_used = false;
    }
    Ok(Stocked { accepted, supply })
}

/// Those that are not there yet, claimed or not.
fn unknown(conn: &mut Conn, row: &DeviceRow, brought: &[Prekey]) -> Result<Vec<Prekey>, Fault<StockError>> {
    if brought.is_empty() {
        return Ok(Vec::new());
    }
    let ids = brought.iter().map(|prekey| i64::from(prekey.id.get()));
    let keys = brought.iter().map(|prekey| prekey.key.as_bytes().as_slice());
    let of_device = || {
        prekeys::table
            .filter(prekeys::user_id.eq(row.user_id))
            .filter(prekeys::device.eq(row.device))
            .select(PrekeyRow::as_select())
    };
    // Apart, so that each has its index: with OR, all that the device ever brought would be read.
    let mut there: Vec<PrekeyRow> = of_device().filter(prekeys::id.eq_any(ids)).load(conn)?;
    there.extend(of_device().filter(prekeys::key.eq_any(keys)).load(conn)?);
    let there = there.iter().map(PrekeyRow::prekey).collect::<QueryResult<Vec<_>>>()?;
    let mut unknown = Vec::with_capacity(brought.len());
    for prekey in brought {
        if there.iter().any(|other| prekey.contradicts(other)) {
            return Err(Fault::Refused(StockError::Conflict));
        }
        if !there.iter().any(|other| prekey.is(other)) {
            unknown.push(*prekey);
        }
    }
    Ok(unknown)
}

/// The prekey that takes the place of `current`, if another one is to.
fn replacing(brought: Option<Prekey>, current: Prekey) -> Result<Option<Prekey>, Fault<StockError>> {
    match brought {
        Some(prekey) if prekey.contradicts(&current) => Err(Fault::Refused(StockError::Conflict)),
        Some(prekey) if prekey.is(&current) => Ok(None),
        other => Ok(other),
    }
}

/// Hands out a prekey of a device; nothing when the device was removed meanwhile.
pub fn claim(conn: &mut Conn, user: UserId, device: i32, at: Timestamp) -> QueryResult<Option<Claimed>> {
    let one_time = locks::prekey(conn, user, device)?;
    let row = match &one_time {
        Some(prekey) => {
            diesel::update(prekeys::table.find((Key(user), device, prekey.id)))
                .set(prekeys::claimed_at.eq(At(at)))
                .execute(conn)?;
            live(conn, user, device)?
        }
        // In one statement, so that what is marked as used is what is handed out, also while it is replaced.
        None => diesel::update(
            devices::table
                .find((Key(user), device))
                .filter(devices::removed_at.is_null()),
        )
        .set(devices::last_resort_used_at.eq(At(at)))
        .returning(DeviceRow::as_returning())
        .get_result(conn)
        .optional()?,
    };
    let Some(row) = row else { return Ok(None) };
    let prekey = match one_time {
        Some(prekey) => ClaimedPrekey {
            kind: PrekeyKind::OneTime,
            prekey: prekey.prekey()?,
        },
        None => ClaimedPrekey {
            kind: PrekeyKind::LastResort,
            prekey: row.last_resort()?,
        },
    };
    Ok(Some(Claimed {
        device: row.device()?,
        prekey,
        supply: supply(conn, &row)?,
    }))
}

/// A device that was not removed.
pub fn live(conn: &mut Conn, user: UserId, device: i32) -> QueryResult<Option<DeviceRow>> {
    devices::table
        .find((Key(user), device))
        .filter(devices::removed_at.is_null())
        .select(DeviceRow::as_select())
        .first(conn)
        .optional()
}
