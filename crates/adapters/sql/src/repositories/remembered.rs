use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Answered, Created, OnceKey, Remembered, Timestamp, Unavailable};

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

/// The answer of a request whose key is taken. No answer is empty.
const UNANSWERED: &[u8] = &[];

/// See the port.
pub struct Answers(pub Database);

#[async_trait]
impl tenon_kernel::Answers for Answers {
    async fn claim(&self, key: &OnceKey, at: Timestamp) -> Result<Answered, Unavailable> {
        let (key, answer) = (*key, UNANSWERED.to_vec());
        let claimed = Remembered { key, answer, at };
        let work = move |conn: &mut Conn| {
            if insert(conn, &claimed)? == 1 {
                return Ok(Answered::Never);
            }
            let (fingerprint, answer) = find(conn, &key)?;
            Ok(match answer.as_slice() {
                _ if fingerprint != key.fingerprint => Answered::Otherwise,
                UNANSWERED => Answered::Never,
                _ => Answered::With(answer),
            })
        };
        self.0.statement(work).await
    }

    async fn keep(&self, remembered: &Remembered) -> Result<(), Unavailable> {
        let remembered = remembered.clone();
        let work = move |conn: &mut Conn| {
            if insert(conn, &remembered)? == 0 {
                let claimed = table::table
                    .find(remembered.key.scope.as_slice())
                    .filter(table::fingerprint.eq(remembered.key.fingerprint.as_slice()))
                    .filter(table::answer.eq(UNANSWERED));
                diesel::update(claimed)
                    .set(table::answer.eq(remembered.answer.as_slice()))
                    .execute(conn)?;
            }
            Ok(())
        };
        self.0.write(work).await
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
