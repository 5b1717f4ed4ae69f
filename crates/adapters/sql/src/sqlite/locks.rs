//! Locks of rows. There is one writer, so nobody else is in a transaction.

use diesel::prelude::*;
use tenon_kernel::{OrganizationId, SessionId};

use super::Conn;
use crate::rows::SessionRow;
use crate::schema::{organizations, sessions};
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
