//! Locks of rows. There is one writer, so nobody else is in a transaction.

use std::collections::BTreeSet;

use diesel::prelude::*;
use tenon_audit::Head;
use tenon_jobs::QueueName;
use tenon_kernel::{JobId, OrganizationId, SessionId, Timestamp, UserId};

use super::Conn;
use crate::rows::{ChainKey, ChainRow, PrekeyRow, SessionRow};
use crate::schema::{audit_chains, jobs, organizations, prekeys, sessions, users};
use crate::types::{At, Key};

pub fn session(conn: &mut Conn, id: SessionId) -> QueryResult<Option<SessionRow>> {
    sessions::table
        .find(Key(id))
        .select(SessionRow::as_select())
        .first(conn)
        .optional()
}

pub fn organization(conn: &mut Conn, id: OrganizationId) -> QueryResult<Option<i64>> {
    organizations::table
        .find(Key(id))
        .select(organizations::version)
        .first(conn)
        .optional()
}

/// Whether the organization is there, which it stays until the transaction ends.
pub fn remains(conn: &mut Conn, id: OrganizationId) -> QueryResult<bool> {
    let organization = organizations::table.find(Key(id)).select(organizations::id);
    let found: Option<Key<OrganizationId>> = organization.first(conn).optional()?;
    Ok(found.is_some())
}

/// The password hash of a user who is not disabled; both stay so until the transaction ends.
pub fn password(conn: &mut Conn, id: UserId) -> QueryResult<Option<String>> {
    users::table
        .find(Key(id))
        .filter(users::disabled_at.is_null())
        .select(users::password_hash)
        .first(conn)
        .optional()
}

/// Nobody else puts anything into these mailboxes until the transaction ends.
pub fn mailboxes(_: &mut Conn, _: OrganizationId, _: &BTreeSet<UserId>) -> QueryResult<()> {
    Ok(())
}

/// Nobody else puts anything into any mailbox that the organization has until the transaction ends.
pub fn all_mailboxes(_: &mut Conn, _: OrganizationId) -> QueryResult<()> {
    Ok(())
}

/// The user, whose keys nobody else changes, and for whom nobody else founds their first organization, until the transaction ends.
pub fn user(conn: &mut Conn, id: UserId) -> QueryResult<()> {
    let user = users::table.find(Key(id)).select(users::id);
    user.first::<Key<UserId>>(conn)?;
    Ok(())
}

/// The first prekey of a device that nobody claimed.
pub fn prekey(conn: &mut Conn, user: UserId, device: i32) -> QueryResult<Option<PrekeyRow>> {
    prekeys::table
        .filter(prekeys::user_id.eq(Key(user)))
        .filter(prekeys::device.eq(device))
        .filter(prekeys::claimed_at.is_null())
        .order(prekeys::position)
        .select(PrekeyRow::as_select())
        .first(conn)
        .optional()
}

/// The jobs of a queue that may be claimed, at most so many, those that have been due for longest first.
pub fn jobs(conn: &mut Conn, queue: QueueName, now: Timestamp, most: i64) -> QueryResult<Vec<Key<JobId>>> {
    jobs::table
        .filter(jobs::queue.eq(queue.as_str()))
        .filter(jobs::dead_at.is_null())
        .filter(jobs::due_at.le(At(now)))
        .order(jobs::due_at)
        .limit(most)
        .select(jobs::id)
        .load(conn)
}

/// Where a chain ends, and the address of a user.
pub fn chain(conn: &mut Conn, chain: ChainKey, user: Option<UserId>) -> QueryResult<Option<(Head, Option<String>)>> {
    let email = users::table
        .filter(users::id.nullable().eq(user.map(Key)))
        .select(users::email);
    let row: Option<(ChainRow, Option<String>)> = audit_chains::table
        .find(chain)
        .select((ChainRow::as_select(), email.single_value()))
        .first(conn)
        .optional()?;
    row.map(|(row, email)| Ok((row.into_head()?, email))).transpose()
}
