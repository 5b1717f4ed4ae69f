//! Locks of rows. There is one writer, so nobody else is in a transaction.

use std::collections::BTreeSet;

use diesel::prelude::*;
use tenon_kernel::{OrganizationId, SessionId, UserId};

use super::Conn;
use crate::rows::SessionRow;
use crate::schema::{organizations, sessions, users};
use crate::types::Key;

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
