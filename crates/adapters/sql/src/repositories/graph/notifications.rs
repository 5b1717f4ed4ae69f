use async_trait::async_trait;
use diesel::prelude::*;
use tenon_graph::{Notification, NotificationFilter, Scope, Task};
use tenon_jobs::NewJob;
use tenon_kernel::{NotificationId, Page, PageRequest, Timestamp, Unavailable};

use super::pages::{fetch, page, total};
use super::planning::for_values;
use super::tasks::job;
use super::{Conn, Database, Db, Jobs};
use crate::rows::NotificationRow;
use crate::schema::graph_notifications as table;
use crate::types::Key;

/// See the port.
pub struct Notifications {
    database: Database,
    jobs: Jobs,
}

impl Notifications {
    pub fn new(database: Database, jobs: Jobs) -> Self {
        Self { database, jobs }
    }
}

fn within<'a>(scope: Scope, filter: NotificationFilter) -> table::BoxedQuery<'a, Db> {
    let query = table::table.into_boxed();
    let query = match scope {
        Scope::Of(organization) => query.filter(table::organization_id.eq(Key(organization))),
        Scope::Nobodys => query.filter(table::organization_id.is_null()),
    };
    match filter.is_quarantined {
        None => query,
        Some(true) => query.filter(table::quarantine.is_not_null()),
        Some(false) => query.filter(table::quarantine.is_null()),
    }
}

#[async_trait]
impl tenon_graph::Notifications for Notifications {
    async fn list(
        &self,
        scope: Scope,
        filter: NotificationFilter,
        request: &PageRequest<NotificationId>,
    ) -> Result<Page<Notification, NotificationId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let mut query = within(scope, filter);
            if let Some(after) = request.after {
                query = query.filter(table::id.lt(Key(after)));
            }
            let rows = query
                .order(table::id.desc())
                .limit(fetch(&request))
                .select(NotificationRow::as_select())
                .load(conn)?;
            let total = total(&request, || within(scope, filter).count().get_result(conn))?;
            page(rows, &request, total, NotificationRow::into_notification, |found| {
                found.id
            })
        };
        self.database.read(move |conn| for_values(conn, read)).await
    }

    async fn find(&self, scope: Scope, id: NotificationId) -> Result<Option<Notification>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row: Option<NotificationRow> = within(scope, NotificationFilter::default())
                .filter(table::id.eq(Key(id)))
                .select(NotificationRow::as_select())
                .first(conn)
                .optional()?;
            row.map(NotificationRow::into_notification).transpose()
        };
        self.database.read(read).await
    }

    async fn replay(&self, id: NotificationId, now: Timestamp) -> Result<(), Unavailable> {
        let task = move |_: &mut Conn, jobs: &mut Vec<NewJob>| {
            jobs.push(job(Task::Replay(id), now)?);
            Ok(())
        };
        self.jobs.write(task).await
    }
}
