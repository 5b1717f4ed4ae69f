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
    update: impl Fn(&mut Conn, Version) -> QueryResult<usize>,
) -> Result<T, Fault<ChangeError>> {
    let missing = || Fault::Refused(ChangeError::NotFound);
    loop {
        let current = version(&find(conn)?.ok_or_else(missing)?);
        if !expected.allows(current) {
            return Err(Fault::Refused(ChangeError::Stale(current)));
        }
        if update(conn, current)? == 1 {
            return find(conn)?.ok_or_else(missing);
        }
        // Somebody else was faster, which a change of any version is not to notice.
    }
}

/// Removes a versioned row that `find` reads, with `delete`, which MUST delete it only if it still has the given version and
/// says how many rows it deleted. Returns what was there.
pub fn remove<T, E: From<ChangeError>>(
    conn: &mut Conn,
    expected: Expected,
    find: impl Fn(&mut Conn) -> QueryResult<Option<T>>,
    version: impl Fn(&T) -> Version,
    delete: impl Fn(&mut Conn, Version) -> Result<usize, Fault<E>>,
) -> Result<T, Fault<E>> {
    let refused = |error: ChangeError| Fault::Refused(error.into());
    loop {
        let found = find(conn)?.ok_or_else(|| refused(ChangeError::NotFound))?;
        let current = version(&found);
        if !expected.allows(current) {
            return Err(refused(ChangeError::Stale(current)));
        }
        if delete(conn, current)? == 1 {
            return Ok(found);
        }
    }
}
