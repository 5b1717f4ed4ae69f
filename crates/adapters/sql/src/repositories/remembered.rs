use diesel::prelude::*;
use tenon_kernel::{Created, Remembered};

use super::Conn;
use crate::fault::Fault;
use crate::schema::remembered_requests as table;
use crate::types::At;

/// Whether a request that may be a repetition is to go on: `None`, or its kept answer.
///
/// The first writing of a key waits, on Postgres, until a transaction that writes the same key has ended; so of equal
/// requests exactly one goes on.
pub fn recall<E>(
    conn: &mut Conn,
    remember: Option<&Remembered>,
    reused: impl FnOnce() -> E,
) -> Result<Option<Created<()>>, Fault<E>> {
    let Some(remembered) = remember else {
        return Ok(None);
    };
    let inserted = diesel::insert_into(table::table)
        .values((
            table::scope.eq(remembered.key.scope.as_slice()),
            table::fingerprint.eq(remembered.key.fingerprint.as_slice()),
            table::answer.eq(remembered.answer.as_slice()),
            table::created_at.eq(At(remembered.at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == 1 {
        return Ok(None);
    }
    let (fingerprint, answer): (Vec<u8>, Vec<u8>) = table::table
        .find(remembered.key.scope.as_slice())
        .select((table::fingerprint, table::answer))
        .first(conn)?;
    if fingerprint == remembered.key.fingerprint {
        Ok(Some(Created::Before(answer)))
    } else {
        Err(Fault::Refused(reused()))
    }
}
