use diesel::prelude::*;
use tenon_kernel::{Expected, OrganizationId, Timestamp};
use tenon_messages::{ChangeRetentionError, Policy, Retention};

use super::super::locks;
use super::{Conn, Key};
use crate::fault::Fault;
use crate::rows::RetentionRow;
use crate::schema::message_retention;

pub fn find(conn: &mut Conn, organization: OrganizationId) -> QueryResult<Option<Retention>> {
    let row = message_retention::table
        .find(Key(organization))
        .select(RetentionRow::as_select())
        .first(conn)
        .optional()?;
    row.map(RetentionRow::into_retention).transpose()
}

/// Of one organization or of all that have set one.
pub fn policies(conn: &mut Conn, organization: Option<OrganizationId>) -> QueryResult<Vec<Retention>> {
    let mut query = message_retention::table.into_boxed();
    if let Some(organization) = organization {
        query = query.filter(message_retention::organization_id.eq(Key(organization)));
    }
    let rows = query
        .filter(message_retention::policy.ne(Policy::Keep.as_str()))
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
