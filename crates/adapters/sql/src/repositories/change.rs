use diesel::QueryResult;
use tenon_kernel::{ChangeError, Expected, Version};

use super::Conn;
use crate::fault::Fault;

/// Changes a versioned row that `find` reads, with `update`, which MUST change it only if it still has the given version
/// and says how many rows it changed.
pub fn change<T>(
    conn: &mut Conn,
    expected: Expected,
    find: impl Fn(&mut Conn) -> QueryResult<Option<T>>,
    version: impl Fn(&T) -> Version,
    update: impl FnOnce(&mut Conn, Version) -> QueryResult<usize>,
) -> Result<T, Fault<ChangeError>> {
    let missing = || Fault::Refused(ChangeError::NotFound);
    let current = version(&find(conn)?.ok_or_else(missing)?);
    let changed = expected.allows(current) && update(conn, current)? == 1;
    let found = find(conn)?.ok_or_else(missing)?;
    if changed {
        Ok(found)
    } else {
        Err(Fault::Refused(ChangeError::Stale(version(&found))))
    }
}
