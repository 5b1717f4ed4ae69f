//! SQLite plans a statement when it is prepared, whatever its values are.

use diesel::QueryResult;

use super::Conn;

/// As it is.
pub fn for_values<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
    work(conn)
}
