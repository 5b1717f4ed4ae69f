//! The repositories, once for each kind of connection: `super` is `sqlite` in one and `postgres` in the other.

mod assets;
mod change;
mod directory;
mod housekeeping;
mod invitations;
mod listing;
mod members;
mod organizations;
mod pages;
mod remembered;
mod revocations;
mod rotation;
mod sessions;
mod sites;
mod units;
mod users;

use std::sync::Arc;

use super::{Conn, Database, Db, inserts, locks, owned, search};
use crate::Store;

pub use listing::Boxed;
#[cfg(test)]
pub use listing::query;

/// Every port over one database.
pub fn store(database: Database) -> Store {
    Store {
        users: Arc::new(users::Users(database.clone())),
        organizations: Arc::new(organizations::Organizations(database.clone())),
        members: Arc::new(members::Members(database.clone())),
        invitations: Arc::new(invitations::Invitations(database.clone())),
        sessions: Arc::new(sessions::Sessions(database.clone())),
        revocations: Arc::new(revocations::Revocations(database.clone())),
        sites: Arc::new(sites::Sites(database.clone())),
        units: Arc::new(units::Units(database.clone())),
        directory: Arc::new(directory::Directory(database.clone())),
        inventory: Arc::new(assets::Inventory::new(database.clone())),
        housekeeping: Arc::new(housekeeping::Housekeeping(database.clone())),
        probe: Arc::new(housekeeping::DatabaseProbe(database)),
    }
}
