use diesel::dsl::{Filter, Find};
use diesel::prelude::*;
use tenon_graph::{Granted, RemoteId, Subscription, SubscriptionState, Task};
use tenon_kernel::{ChangeError, Expected, GraphSubscriptionId, OrganizationId, Timestamp};

use super::super::tasks::leave;
use super::{Conn, change, find, table};
use crate::fault::Fault;
use crate::types::{At, Key};

type Named = Find<table::table, (Key<OrganizationId>, Key<GraphSubscriptionId>)>;
type InState = Filter<Named, diesel::dsl::Eq<table::state, &'static str>>;

pub fn in_state(organization: OrganizationId, id: GraphSubscriptionId, state: SubscriptionState) -> InState {
    table::table
        .find((Key(organization), Key(id)))
        .filter(table::state.eq(state.as_str()))
}

/// Graph has lost it, if it still has this id: it is to be created anew, and what happened meanwhile is to be asked for.
pub fn lose(
    conn: &mut Conn,
    organization: OrganizationId,
    id: GraphSubscriptionId,
    remote: Option<&RemoteId>,
    now: Timestamp,
) -> QueryResult<()> {
    let Some(found) = find(conn, organization, id)? else {
        return Ok(());
    };
    if remote.is_some() && found.remote.as_ref() != remote {
        return Ok(());
    }
    // The client state stays: what Graph sent before it lost the subscription may still be on its way.
    let active = in_state(organization, id, SubscriptionState::Active).filter(table::version.eq(found.version.get()));
    let lost = diesel::update(active)
        .set((
            table::state.eq(SubscriptionState::Creating.as_str()),
            table::remote_id.eq(None::<String>),
            table::expires_at.eq(None::<At>),
            table::renew_at.eq(None::<At>),
            table::delta_since.eq(At(found.delta_since.unwrap_or(now))),
            table::version.eq(table::version + 1),
            table::updated_at.eq(At(now)),
        ))
        .execute(conn)?;
    if lost == 1 {
        leave(conn, Task::Create(organization, id), now)?;
    }
    Ok(())
}

/// Graph has lost notifications: everything is to be read anew.
pub fn miss(conn: &mut Conn, organization: OrganizationId, id: GraphSubscriptionId, now: Timestamp) -> QueryResult<()> {
    let unmarked = table::table
        .find((Key(organization), Key(id)))
        .filter(table::resync_since.is_null());
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
    let given = (
        table::state.eq(SubscriptionState::Active.as_str()),
        table::remote_id.eq(&granted.id.0),
        table::certificate_id.eq(certificate),
        table::expires_at.eq(At(granted.expires_at)),
        table::renew_at.eq(At(renew_at)),
        table::problem.eq(None::<String>),
        table::version.eq(table::version + 1),
        table::updated_at.eq(At(now)),
    );
    let Some(found) = find(conn, asked.organization, asked.id)? else {
        return Ok(false);
    };
    if (found.client_state, &found.remote) != (asked.client_state, &asked.remote) {
        return Ok(false);
    }
    let wanted = table::table
        .find((Key(asked.organization), Key(asked.id)))
        .filter(table::state.ne(SubscriptionState::Deleting.as_str()))
        .filter(table::version.eq(found.version.get()));
    Ok(diesel::update(wanted).set(given).execute(conn)? == 1)
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
        let same = table::table
            .find((Key(organization), Key(id)))
            .filter(table::version.eq(version.get()));
        diesel::update(same)
            .set((
                table::state.eq(SubscriptionState::Deleting.as_str()),
                table::renew_at.eq(None::<At>),
                table::version.eq(version.next().get()),
                table::updated_at.eq(At(now)),
            ))
            .execute(conn)
    })?;
    Ok(leave(conn, Task::Delete(organization, id), now)?)
}

/// Leaves the jobs of what has been on its way to or from Graph since then, and says how many those are.
pub fn resume(conn: &mut Conn, stuck: Timestamp, now: Timestamp) -> QueryResult<usize> {
    let found: Vec<(Key<OrganizationId>, Key<GraphSubscriptionId>, String)> = table::table
        .filter(table::renew_at.is_null())
        .filter(table::updated_at.le(At(stuck)))
        .order(table::updated_at)
        .limit(1000)
        .select((table::organization_id, table::id, table::state))
        .load(conn)?;
    for (Key(organization), Key(id), state) in &found {
        let task = match state == SubscriptionState::Deleting.as_str() {
            true => Task::Delete(*organization, *id),
            false => Task::Create(*organization, *id),
        };
        leave(conn, task, now)?;
        diesel::update(table::table.find((Key(*organization), Key(*id))))
            .set(table::updated_at.eq(At(now)))
            .execute(conn)?;
    }
    Ok(found.len())
}
