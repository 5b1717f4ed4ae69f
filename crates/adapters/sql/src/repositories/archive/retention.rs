use diesel::prelude::*;
use tenon_kernel::{Expected, OrganizationId, Timestamp};
use tenon_messages::{ChangeRetentionError, Policy, Retention};

use super::super::locks;
use super::{Conn, Key};
use crate::fault::Fault;
use crate::rows::RetentionRow;
use crate::schema::message_retention;

/// Policies that are read at once.
const TOGETHER: i64 = 256;

pub fn find(conn: &mut Conn, organization: OrganizationId) -> QueryResult<Option<Retention>> {
    let row = message_retention::table
        .find(Key(organization))
        .select(RetentionRow::as_select())
        .first(conn)
        .optional()?;
    row.map(RetentionRow::into_retention).transpose()
}

/// Of organizations after this one, so many at once, in the order of their ids.
pub fn following(conn: &mut Conn, after: OrganizationId) -> QueryResult<Vec<Retention>> {
    let rows = message_retention::table
        .filter(message_retention::organization_id.gt(Key(after)))
        .order(message_retention::organization_id)
        .limit(TOGETHER)
        .select(RetentionRow::as_select())
        .load(conn)?;
    rows.into_iter().map(RetentionRow::into_retention).collect()
}

pub fn change(
    conn: &mut Conn,
    organization: OrganizationId,
    policy: Policy,
    expected: Expected,
    at: Timestamp,
) -> Result<Retention, Fault<ChangeRetentionError>> {
    // The row may not be there yet, so that there is nothing else to lock.
    if locks::organization(conn, organization)?.is_none() {
        return Err(Fault::Refused(ChangeRetentionError::UnknownOrganization));
    }
    let current = find(conn, organization)?.unwrap_or_else(|| Retention::initial(organization));
    if !expected.allows(current.version) {
        return Err(Fault::Refused(ChangeRetentionError::Stale(current.version)));
    }
    let version = current.version.next();
    diesel::delete(message_retention::table.find(Key(organization))).execute(conn)?;
    diesel::insert_into(message_retention::table)
        .values(&RetentionRow::new(organization, policy, version, at))
        .execute(conn)?;
    Ok(Retention {
        organization,
        policy,
        version,
        updated_at: Some(at),
    })
}
