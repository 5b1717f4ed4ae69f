use std::time::{Duration, Instant};

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Load, Pools, Probe, ServiceState, Timestamp, Unavailable};

use super::{Conn, Database};
use crate::schema::{instances, invitations, jobs, purged_messages, remembered_requests, revocations, sessions};
use crate::types::At;

/// See the trait.
pub struct Housekeeping(pub Database);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[async_trait]
impl crate::Housekeeping for Housekeeping {
    async fn purge(&self, now: Timestamp) -> Result<usize, Unavailable> {
        let yesterday = now.minus(DAY);
        let work = move |conn: &mut Conn| {
            let answers = remembered_requests::table.filter(remembered_requests::created_at.lt(At(yesterday)));
            // A session that ended before its time expired when it ended.
            let ended = sessions::table.filter(sessions::expires_at.lt(At(yesterday)));
            let revoked = revocations::table.filter(revocations::forget_at.lt(At(now)));
            let invited = invitations::table.filter(invitations::expires_at.lt(At(now)));
            let purged = purged_messages::table.filter(purged_messages::purged_at.lt(At(now.minus(30 * DAY))));
            // By the clock of the database, which differs from this one by less than a day.
            let vanished = instances::table.filter(instances::gone_at.lt(At(yesterday)));
            let dead = jobs::table.filter(jobs::dead_at.lt(At(now.minus(30 * DAY))));
            Ok(diesel::delete(answers).execute(conn)?
                + diesel::delete(ended).execute(conn)?
                + diesel::delete(revoked).execute(conn)?
                + diesel::delete(invited).execute(conn)?
                + diesel::delete(purged).execute(conn)?
                + diesel::delete(vanished).execute(conn)?
                + diesel::delete(dead).execute(conn)?)
        };
        self.0.write(work).await
    }
}

/// Whether the database answers.
pub struct DatabaseProbe(pub Database);

#[async_trait]
impl Probe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn look(&self) -> ServiceState {
        let asked = Instant::now();
        let read = |conn: &mut Conn| diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).execute(conn);
        let looking = tokio::time::timeout(Duration::from_secs(1), self.0.read(read));
        match looking.await {
            Ok(Ok(_)) => ServiceState::Up(asked.elapsed()),
            Ok(Err(_)) | Err(_) => ServiceState::Down,
        }
    }
}

/// What requests share of the database.
pub struct DatabasePools(pub Database);

impl Pools for DatabasePools {
    fn loads(&self) -> Vec<Load> {
        self.0.loads()
    }
}
