use diesel::dsl::{Filter, Find};
use diesel::prelude::*;
use tenon_graph::{Granted, RemoveSubscriptionError, Task};
use tenon_kernel::{Expected, GraphSubscriptionId, OrganizationId, Timestamp};

use super::super::tasks::leave;
use super::{Conn, find, table};
use crate::fault::Fault;
use crate::types::{At, Key};

type Named = Find<table::table, (Key<OrganizationId>, Key<GraphSubscriptionId>)>;
type InState = Filter<Named, diesel::dsl::Eq<table::state, &'static str>>;

pub fn in_state(organization: OrganizationId, id: GraphSubscriptionId, state: &'static str) -> InState {
    table::table
        .find((Key(organization), Key(id)))
        .filter(table::state.eq(state))
}

/// Graph has lost it: it is to be created anew, and what happened meanwhile is to be asked for.
pub fn lose(conn: &mut Conn, organization: OrganizationId, id: GraphSubscriptionId, now: Timestamp) -> QueryResult<()> {
    let unmarked = in_state(organization, id, "active").filter(table::delta_since.is_null());
    diesel::update(unmarked)
        .set(table::delta_since.eq(At(now)))
        .execute(conn)?;
    // The client state stays: what Graph sent before it lost the subscription may still be on its way.
    let lost = diesel::update(in_state(organization, id, "active"))
        .set((
            table::state.eq("creating"),
            table::remote_id.eq(None::<String>),
            table::expires_at.eq(None::<At>),
            table::renew_at.eq(None::<At>),
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

/// Graph gave what was asked for.
pub fn grant(
    conn: &mut Conn,
    (organization, id): (OrganizationId, GraphSubscriptionId),
    granted: &Granted,
    renew_at: Timestamp,
    certificate: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    let given = (
        table::remote_id.eq(&granted.id.0),
        table::certificate_id.eq(certificate),
        table::expires_at.eq(At(granted.expires_at)),
        table::renew_at.eq(At(renew_at)),
        table::problem.eq(None::<String>),
        table::version.eq(table::version + 1),
        table::updated_at.eq(At(now)),
    );
    let wanted = table::table
        .find((Key(organization), Key(id)))
        .filter(table::state.ne("deleting"));
    if diesel::update(wanted)
        .set((table::state.eq("active"), given))
        .execute(conn)?
        == 0
    {
        // Somebody ended it while Graph was asked: it is there now, and is to be deleted under this name.
        diesel::update(in_state(organization, id, "deleting"))
            .set(table::remote_id.eq(&granted.id.0))
            .execute(conn)?;
        leave(conn, Task::Delete(organization, id), now)?;
    }
    Ok(())
}

/// Marks it as to be deleted.
pub fn dismiss(
    conn: &mut Conn,
    organization: OrganizationId,
    id: GraphSubscriptionId,
    expected: Expected,
    now: Timestamp,
) -> Result<(), Fault<RemoveSubscriptionError>> {
    let found = find(conn, organization, id)?.ok_or(Fault::Refused(RemoveSubscriptionError::NotFound))?;
    if !expected.allows(found.version) {
        return Err(Fault::Refused(RemoveSubscriptionError::Stale(found.version)));
    }
    let same = table::table
        .find((Key(organization), Key(id)))
        .filter(table::version.eq(found.version.get()));
    let marked = diesel::update(same)
        .set((
            table::state.eq("deleting"),
            table::renew_at.eq(None::<At>),
            table::version.eq(found.version.next().get()),
            table::updated_at.eq(At(now)),
        ))
        .execute(conn)?;
    if marked == 0 {
        return Err(Fault::Refused(RemoveSubscriptionError::Stale(found.version.next())));
    }
    Ok(leave(conn, Task::Delete(organization, id), now)?)
}
