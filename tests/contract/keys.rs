//! Public keys, devices and prekeys.

mod claims;
mod devices;
mod feed;
mod log;
mod public_keys;
mod stock;

use tenon_kernel::{Limit, OrganizationId, UserId};
use tenon_messages::DeviceId;
use tenon_messages::keys::{
    Change, ChangePosition, EnterError, KeyLogLine, LineNumber, NewDevice, OwnDevice, Registered, Supply,
};
use tenon_sql::Store;
use tenon_tests::clock::moment;

fn number(device: u64) -> DeviceId {
    DeviceId::new(device).unwrap()
}

const fn supply(remaining: u32, last_resort_used: bool) -> Supply {
    Supply {
        remaining,
        last_resort_used,
    }
}

/// Registers a device that is new.
async fn enter(store: &Store, user: UserId, device: &NewDevice) -> OwnDevice {
    match store.devices.register(user, device, moment()).await.unwrap() {
        Registered::Now(own) => own,
        Registered::Before(own) => panic!("{own:?} was there"),
    }
}

async fn refusal(store: &Store, user: UserId, device: &NewDevice) -> EnterError {
    store.devices.register(user, device, moment()).await.unwrap_err()
}

/// The whole log of a member, read in twos.
async fn log(store: &Store, organization: OrganizationId, user: UserId) -> Vec<KeyLogLine> {
    let mut lines: Vec<KeyLogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(LineNumber(0), |line| line.number);
        let limit = Limit::new(2).unwrap();
        let more = store.public_keys.lines(organization, user, after, limit).await;
        let more = more.unwrap().unwrap();
        if more.is_empty() {
            return lines;
        }
        lines.extend(more);
    }
}

/// The changes of an organization after a position, read in threes.
async fn changes(store: &Store, organization: OrganizationId, after: ChangePosition) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    loop {
        let after = changes.last().map_or(after, |change| change.position);
        let limit = Limit::new(3).unwrap();
        let more = store.public_keys.changes(organization, after, limit).await.unwrap();
        if more.is_empty() {
            return changes;
        }
        changes.extend(more);
    }
}
