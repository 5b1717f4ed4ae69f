use diesel::dsl::{Filter, Find};
use diesel::prelude::*;
use tenon_graph::{Granted, RemoteId, Subscription, SubscriptionState, Task};
use tenon_jobs::NewJob;
use tenon_kernel::{ChangeError, Expected, GraphSubscriptionId, OrganizationId, Timestamp, Version};

use super::super::tasks::job;
use super::{Conn, change, find, table};
use crate::fault::Fault;
use crate::types::{At, Key};

type Named = Find<table::table, (Key<OrganizationId>, Key<GraphSubscriptionId>)>;
type InState = Filter<Named, diesel::dsl::Eq<table::state, &'static str>>;
type OfVersion = Filter<Named, diesel::dsl::Eq<table::version, i64>>;

fn named(organization: OrganizationId, id: GraphSubscriptionId) -> Named {
    table::table.find((Key(organization), Key(id)))
}

pub fn in_state(organization: OrganizationId, id: GraphSubscriptionId, state: SubscriptionState) -> InState {
    named(organization, id).filter(table::state.eq(state.as_str()))
}

fn of_version(organization: OrganizationId, id: GraphSubscriptionId, version: Version) -> OfVersion {
    named(organization, id).filter(table::version.eq(version.get()))
}

/// Changes the subscription with `update` as long as it `is_meant`; `update` MUST change it only if it still has the version of the given
/// one, and say how many rows it changed. Says whether it was changed.
fn change_while(
    conn: &mut Conn,
    (organization, id): (OrganizationId, GraphSubscriptionId),
    is_meant: impl Fn(&Subscription) -> bool,
    update: impl Fn(&mut Conn, &Subscription) -> QueryResult<usize>,
) -> QueryResult<bool> {
    // A mark that somebody else sets meanwhile makes it no other subscription.
    while let Some(found) = find(conn, organization, id)?.filter(&is_meant) {
        if update(conn, &found)? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Graph has lost it, if it still has this id: it is to be created anew, for which the job is returned, and what happened meanwhile is to
/// be asked for.
pub fn lose(
    conn: &mut Conn,
    organization: OrganizationId,
    id: GraphSubscriptionId,
    remote: Option<&RemoteId>,
    now: Timestamp,
) -> QueryResult<Option<NewJob>> {
    let is_meant = |found: &Subscription| {
        found.state == SubscriptionState::Active && (remote.is_none() || found.remote.as_ref() == remote)
    };
    // The client state stays: what Graph sent before it lost the subscription may still be on its way.
    let lost = change_while(conn, (organization, id), is_meant, |conn, found| {
        diesel::update(of_version(organization, id, found.version))
            .set((
                table::state.eq(SubscriptionState::Creating.as_str()),
                table::remote_id.eq(None::<String>),
                table::expires_at.eq(None::<At>),
                table::renew_at.eq(None::<At>),
                table::delta_since.eq(At(found.missed_since(now))),
                table::version.eq(found.version.next().get()),
                table::updated_at.eq(At(now)),
            ))
            .execute(conn)
    })?;
    lost.then(|| job(Task::Create(organization, id), now)).transpose()
}

/// Graph has lost notifications: everything is to be read anew.
pub fn miss(conn: &mut Conn, organization: OrganizationId, id: GraphSubscriptionId, now: Timestamp) -> QueryResult<()> {
    let unmarked = named(organization, id).filter(table::resync_since.is_null());
    diesel::update(unmarked)
        .set((
            table::resync_since.eq(At(now)),
            table::version.eq(table::version + 1),
            table::updated_at.eq(At(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Graph gave what was asked for. False when that was for another subscription than there is now.
pub fn grant(
    conn: &mut Conn,
    asked: &Subscription,
    granted: &Granted,
    renew_at: Timestamp,
    certificate: Option<&str>,
    now: Timestamp,
) -> QueryResult<bool> {
    let is_meant = |found: &Subscription| {
        let is_same = (found.client_state, &found.remote) == (asked.client_state, &asked.remote);
        is_same && found.state != SubscriptionState::Deleting
    };
    change_while(conn, (asked.organization, asked.id), is_meant, |conn, found| {
        diesel::update(of_version(asked.organization, asked.id, found.version))
            .set((
                table::state.eq(SubscriptionState::Active.as_str()),
                table::remote_id.eq(&granted.id.0),
                table::certificate_id.eq(certificate),
                table::expires_at.eq(At(granted.expires_at)),
                table::renew_at.eq(At(renew_at)),
                table::confirmed_at.eq(At(now)),
                table::problem.eq(None::<String>),
                table::version.eq(found.version.next().get()),
                table::updated_at.eq(At(now)),
            ))
            .execute(conn)
    })
}

/// Marks it as to be deleted.
pub fn dismiss(
    conn: &mut Conn,
    organization: OrganizationId,
    id: GraphSubscriptionId,
    expected: Expected,
    now: Timestamp,
) -> Result<(), Fault<ChangeError>> {
    let find = |conn: &mut Conn| find(conn, organization, id);
    let version = |found: &Subscription| found.version;
    change(conn, expected, find, version, |conn, version| {
        diesel::update(of_version(organization, id, version))
            .set((
                table::state.eq(SubscriptionState::Deleting.as_str()),
                table::renew_at.eq(None::<At>),
                table::version.eq(version.next().get()),
                table::updated_at.eq(At(now)),
            ))
            .execute(conn)
    })?;
    Ok(())
}

/// The jobs of what has been on its way to or from Graph since then, which begins anew with now.
pub fn resume(conn: &mut Conn, stuck: Timestamp, now: Timestamp) -> QueryResult<Vec<NewJob>> {
    let found: Vec<(Key<OrganizationId>, Key<GraphSubscriptionId>, String)> = table::table
        .filter(table::renew_at.is_null())
        .filter(table::updated_at.le(At(stuck)))
        .order(table::updated_at)
        .limit(1000)
        .select((table::organization_id, table::id, table::state))
        .load(conn)?;
    let mut jobs = Vec::with_capacity(found.len());
    for (Key(organization), Key(id), state) in found {
        let task = match state == SubscriptionState::Deleting.as_str() {
            true => Task::Delete(organization, id),
            false => Task::Create(organization, id),
        };
        jobs.push(job(task, now)?);
        diesel::update(named(organization, id))
            .set((table::version.eq(table::version + 1), table::updated_at.eq(At(now))))
            .execute(conn)?;
    }
    Ok(jobs)
}
