use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Answered, Created, OnceKey, Remembered, Unavailable};

use super::{Conn, Database};
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
    if insert(conn, remembered)? == 1 {
        return Ok(None);
    }
    let (fingerprint, answer) = find(conn, &remembered.key)?;
    if fingerprint == remembered.key.fingerprint {
        Ok(Some(Created::Before(answer)))
    } else {
        Err(Fault::Refused(reused()))
    }
}

/// See the port.
pub struct Answers(pub Database);

#[async_trait]
impl tenon_kernel::Answers for Answers {
    async fn find(&self, key: &OnceKey) -> Result<Answered, Unavailable> {
        let key = *key;
        let read = move |conn: &mut Conn| {
            let kept = find(conn, &key).optional()?;
            Ok(match kept {
                None => Answered::Never,
                Some((fingerprint, answer)) if fingerprint == key.fingerprint => Answered::With(answer),
                Some(_) => Answered::Otherwise,
            })
        };
        self.0.point(read).await
    }

    async fn keep(&self, remembered: &Remembered) -> Result<(), Unavailable> {
        let remembered = remembered.clone();
        let work = move |conn: &mut Conn| {
            insert(conn, &remembered)?;
            Ok(())
        };
        self.0.statement(work).await
    }
}

fn insert(conn: &mut Conn, remembered: &Remembered) -> QueryResult<usize> {
    diesel::insert_into(table::table)
        .values((
            table::scope.eq(remembered.key.scope.as_slice()),
            table::fingerprint.eq(remembered.key.fingerprint.as_slice()),
            table::answer.eq(remembered.answer.as_slice()),
            table::created_at.eq(At(remembered.at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
}

fn find(conn: &mut Conn, key: &OnceKey) -> QueryResult<(Vec<u8>, Vec<u8>)> {
    table::table
        .find(key.scope.as_slice())
        .select((table::fingerprint, table::answer))
        .first(conn)
}
