use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{Revocation, Subject};
use tenon_kernel::{Activity, Entry, SessionId, Timestamp, Unavailable, UserId, Verb};

use super::{Conn, Database, audit};
use crate::rows::RevocationRow;
use crate::schema::{refresh_tokens, revocations, sessions};
use crate::types::{At, Key};

/// See the port.
pub struct Revocations(pub Database);

/// Writes a revocation into the transaction of what causes it.
pub fn write(conn: &mut Conn, revocation: &Revocation, at: Timestamp) -> QueryResult<()> {
    let row = RevocationRow::new(revocation, at);
    diesel::insert_into(revocations::table).values(&row).execute(conn)?;
    Ok(())
}

/// Ends live sessions of the user with all their tokens, and writes and returns their revocations. Several are given in the order of
/// their ids, so that two callers who end the same ones wait for each other in the same order.
pub fn end_sessions(
    conn: &mut Conn,
    user: UserId,
    ending: &[Key<SessionId>],
    at: Timestamp,
    forget_at: Timestamp,
    activities: &mut Vec<Activity>,
) -> QueryResult<Vec<Revocation>> {
    let mut ended = Vec::with_capacity(ending.len());
    for Key(session) in ending {
        let live = sessions::table.find(Key(*session)).filter(sessions::ended_at.is_null());
        // It expires with its end, so that what is to be purged is found by one column.
        let end = (sessions::ended_at.eq(Some(At(at))), sessions::expires_at.eq(At(at)));
        if diesel::update(live).set(end).execute(conn)? == 0 {
            continue;
        }
        diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq(Key(*session)))).execute(conn)?;
        // A session that ended stays ended, whenever its tokens were issued.
        let revocation = Revocation {
            subject: Subject::Session(*session),
            issued_until: forget_at,
            forget_at,
        };
        write(conn, &revocation, at)?;
        ended.push(revocation);
        activities.push(Activity::of_session(*session, user, at, Verb::Deleted));
    }
    Ok(ended)
}

#[async_trait]
impl tenon_accounts::Revocations for Revocations {
    async fn write(&self, revocation: &Revocation, at: Timestamp, entry: &Entry) -> Result<(), Unavailable> {
        let (revocation, entry) = (*revocation, entry.clone());
        let work = move |conn: &mut Conn| {
            write(conn, &revocation, at)?;
            Ok(audit::append(conn, std::slice::from_ref(&entry))?)
        };
        self.0.write(work).await
    }

    async fn since(&self, since: Timestamp, now: Timestamp) -> Result<Vec<Revocation>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let rows = revocations::table
                .filter(revocations::written_at.ge(At(since)))
                .filter(revocations::forget_at.gt(At(now)))
                .select(RevocationRow::as_select())
                .load(conn)?;
            rows.into_iter().map(RevocationRow::into_revocation).collect()
        };
        self.0.read(read).await
    }
}
