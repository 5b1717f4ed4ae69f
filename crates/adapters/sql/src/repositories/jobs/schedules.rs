use async_trait::async_trait;
use diesel::prelude::*;
use tenon_jobs::{NewJob, Schedule, Schedules};
use tenon_kernel::{Timestamp, Unavailable};

use super::{Conn, Jobs};
use crate::schema::schedules;
use crate::types::At;

#[async_trait]
impl Schedules for Jobs {
    async fn call(&self, schedule: &Schedule, job: &NewJob, now: Timestamp) -> Result<Timestamp, Unavailable> {
        let (schedule, job) = (*schedule, job.clone());
        let last = self.database.point(move |conn| called(conn, schedule.name)).await?;
        if let Some(next) = last.map(|last| last.plus(schedule.period))
            && next > now
        {
            return Ok(next);
        }
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            if take_turn(conn, &schedule, now)? {
                jobs.push(job.clone());
                return Ok(now.plus(schedule.period));
            }
            // Somebody else was faster.
            let last = called(conn, schedule.name)?;
            Ok(last.unwrap_or(now).plus(schedule.period))
        };
        self.write(work).await
    }
}

fn called(conn: &mut Conn, name: &str) -> QueryResult<Option<Timestamp>> {
    let at: Option<At> = schedules::table
        .find(name)
        .select(schedules::called_at)
        .first(conn)
        .optional()?;
    Ok(at.map(|at| at.0))
}

/// Whether the turn is the caller's. Whoever races for it waits here for the one who was first, and finds it taken.
fn take_turn(conn: &mut Conn, schedule: &Schedule, now: Timestamp) -> QueryResult<bool> {
    let first = diesel::insert_into(schedules::table)
        .values((schedules::name.eq(schedule.name), schedules::called_at.eq(At(now))))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if first == 1 {
        return Ok(true);
    }
    let due = schedules::table
        .find(schedule.name)
        .filter(schedules::called_at.le(At(now.minus(schedule.period))));
    let again = diesel::update(due).set(schedules::called_at.eq(At(now)));
    Ok(again.execute(conn)? == 1)
}
