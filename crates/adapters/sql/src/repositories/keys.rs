//! Public keys, devices and prekeys, and the log of what changed.

mod devices;
mod entering;
mod feed;
mod public_keys;
mod stock;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{OrganizationId, UserId};

use super::{Conn, Database, locks, mailboxes};
use crate::schema::memberships;
use crate::types::Key;

pub use devices::Devices;
pub use public_keys::PublicKeys;

fn is_member(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<bool> {
    let membership = memberships::table.find((Key(organization), Key(user)));
    select(exists(membership)).get_result(conn)
}
