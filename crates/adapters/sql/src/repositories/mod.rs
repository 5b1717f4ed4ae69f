//! The repositories, once for each kind of connection: `super` is `sqlite` in one and `postgres` in the other.

mod activities;
mod api_keys;
mod archive;
mod assets;
mod audit;
mod change;
mod credentials;
mod directory;
mod graph;
mod housekeeping;
mod instances;
mod invitations;
pub mod jobs;
mod keys;
mod listing;
pub mod mail;
mod mailboxes;
mod members;
mod organizations;
pub mod outbox;
mod pages;
mod remembered;
mod revocations;
mod rotation;
mod sessions;
mod sites;
mod units;
mod users;
mod wrappings;

use std::sync::Arc;

use super::{
    Conn, Database, Db, batches, clock, exchange, finding, locks, owned, planning, posting, queueing, search, storing,
    telling,
};
use crate::Store;

pub use assets::{Entry, Replacement, asset_row};
#[cfg(test)]
pub use jobs::rollback;
pub use jobs::sooner;
pub use listing::Boxed;
#[cfg(test)]
pub use listing::query;

/// Every port over one database.
pub fn store(database: Database) -> Store {
    let outbox = outbox::Outbox::new(database.clone());
    let jobs = jobs::Jobs::new(database.clone());
    let ledger = Arc::new(audit::Ledger(database.clone()));
    Store {
        users: Arc::new(users::Users::new(database.clone(), outbox.clone())),
        organizations: Arc::new(organizations::Organizations::new(database.clone(), outbox.clone())),
        members: Arc::new(members::Members::new(database.clone(), outbox.clone())),
        invitations: Arc::new(invitations::Invitations::new(database.clone(), outbox.clone())),
        sessions: Arc::new(sessions::Sessions::new(database.clone(), outbox.clone())),
        revocations: Arc::new(revocations::Revocations(database.clone())),
        sites: Arc::new(sites::Sites::new(database.clone(), outbox.clone())),
        units: Arc::new(units::Units::new(database.clone(), outbox.clone())),
        api_keys: Arc::new(api_keys::ApiKeys(database.clone())),
        directory: Arc::new(directory::Directory(database.clone())),
        inventory: Arc::new(assets::Inventory::new(database.clone(), outbox.clone())),
        public_keys: Arc::new(keys::PublicKeys(database.clone())),
        devices: Arc::new(keys::Devices(database.clone())),
        activities: Arc::new(activities::Activities(database.clone())),
        mail: Arc::new(mail::Mail::new(database.clone())),
        archive: Arc::new(archive::Archive(database.clone())),
        credentials: Arc::new(credentials::Credentials(database.clone())),
        wrappings: Arc::new(wrappings::Wrappings(database.clone())),
        answers: Arc::new(remembered::Answers(database.clone())),
        inbox: Arc::new(graph::Inbox::new(database.clone(), outbox.clone(), jobs.clone())),
        notifications: Arc::new(graph::Notifications::new(database.clone(), jobs.clone())),
        registry: Arc::new(graph::Registry::new(database.clone(), jobs.clone())),
        certificates: Arc::new(graph::Certificates::new(database.clone(), jobs.clone())),
        journal: Arc::<audit::Ledger>::clone(&ledger),
        ledger,
        outbox: Arc::new(outbox),
        queue: Arc::new(jobs.clone()),
        backlog: Arc::new(jobs.clone()),
        schedules: Arc::new(jobs),
        instances: Arc::new(instances::Instances(database.clone())),
        housekeeping: Arc::new(housekeeping::Housekeeping(database.clone())),
        pools: Arc::new(housekeeping::DatabasePools(database.clone())),
        probe: Arc::new(housekeeping::DatabaseProbe(database)),
    }
}
