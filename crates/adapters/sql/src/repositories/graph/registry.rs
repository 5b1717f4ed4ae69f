mod changes;

use std::time::Duration;

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use tenon_graph::{ClientStateDigest, Granted, Known, RemoteId, SubscribeError, Subscription, SubscriptionState, Task};
use tenon_jobs::NewJob;
use tenon_kernel::{
    ChangeError, Created, Entry, Expected, GraphSubscriptionId, OrganizationId, Page, PageRequest, Remembered,
    Timestamp, Unavailable,
};
use tenon_vault::CredentialKind;

use super::change::change;
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::tasks::job;
use super::{Conn, Database, Jobs, audit};
use crate::fault::{Fault, reference_missing};
use crate::rows::{KnownRow, SubscriptionRow};
use crate::schema::{credentials, graph_subscriptions as table};
use crate::types::{At, Key};

pub use changes::{lose, miss};

/// How many subscriptions are looked for with one statement.
const AT_ONCE: usize = 500;

/// How much later a renewal is asked for again.
const RENEWAL: Duration = Duration::from_secs(30 * 60);

/// See the port.
pub struct Registry {
    database: Database,
    jobs: Jobs,
}

impl Registry {
    pub fn new(database: Database, jobs: Jobs) -> Self {
        Self { database, jobs }
    }
}

fn find(conn: &mut Conn, organization: OrganizationId, id: GraphSubscriptionId) -> QueryResult<Option<Subscription>> {
    let row: Option<SubscriptionRow> = table::table
        .find((Key(organization), Key(id)))
        .select(SubscriptionRow::as_select())
        .first(conn)
        .optional()?;
    row.map(SubscriptionRow::into_subscription).transpose()
}

fn known(conn: &mut Conn, remotes: &[RemoteId], states: &[ClientStateDigest]) -> QueryResult<Vec<Known>> {
    let mut rows: Vec<KnownRow> = Vec::new();
    for remotes in remotes.chunks(AT_ONCE) {
        let found = table::table.filter(table::remote_id.eq_any(remotes.iter().map(|id| &id.0)));
        rows.extend(found.select(KnownRow::as_select()).load(conn)?);
    }
    for states in states.chunks(AT_ONCE) {
        let found = table::table
            .filter(table::client_state.eq_any(states.iter().map(|state| state.0.as_slice())))
            .filter(table::remote_id.is_null());
        rows.extend(found.select(KnownRow::as_select()).load(conn)?);
    }
    let known = rows.into_iter().map(KnownRow::into_known);
    known.filter_map(Result::transpose).collect()
}

#[async_trait]
impl tenon_graph::Registry for Registry {
    async fn insert(
        &self,
        subscription: &Subscription,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, SubscribeError> {
        let (row, organization, id) = (
            SubscriptionRow::from(subscription),
            subscription.organization,
            subscription.id,
        );
        let (credential, now) = (subscription.credential, subscription.created_at);
        let (remember, entry) = (remember.cloned(), entry.clone());
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            if let Some(before) = recall(conn, remember.as_ref(), || SubscribeError::KeyReused)? {
                return Ok(before);
            }
            let app = credentials::table
                .find((Key(organization), Key(credential)))
                .filter(credentials::kind.eq(CredentialKind::MicrosoftGraph.as_str()));
            if !diesel::select(exists(app)).get_result::<bool>(conn)? {
                return Err(Fault::Refused(SubscribeError::UnknownCredential));
            }
            // Somebody may remove the credential between the look and the insertion.
            let inserted = diesel::insert_into(table::table).values(&row).execute(conn);
            reference_missing(inserted, SubscribeError::UnknownCredential)?;
            jobs.push(job(Task::Create(organization, id), now)?);
            audit::append(conn, std::slice::from_ref(&entry))?;
            Ok(Created::Now(()))
        };
        self.jobs.write(work).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<GraphSubscriptionId>,
    ) -> Result<Page<Subscription, GraphSubscriptionId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = table::table.filter(table::organization_id.eq(Key(organization)));
            let mut query = of_organization.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(table::id.gt(Key(after)));
            }
            let rows = query
                .order(table::id)
                .limit(fetch(&request))
                .select(SubscriptionRow::as_select())
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, SubscriptionRow::into_subscription, |found| {
                found.id
            })
        };
        self.database.read(read).await
    }

    async fn find(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
    ) -> Result<Option<Subscription>, Unavailable> {
        self.database.read(move |conn| find(conn, organization, id)).await
    }

    async fn known(&self, remotes: &[RemoteId], states: &[ClientStateDigest]) -> Result<Vec<Known>, Unavailable> {
        let (remotes, states) = (remotes.to_vec(), states.to_vec());
        self.database.read(move |conn| known(conn, &remotes, &states)).await
    }

    async fn dismiss(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        expected: Expected,
        entry: &Entry,
    ) -> Result<(), ChangeError> {
        let (entry, now) = (entry.clone(), entry.id.time());
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            changes::dismiss(conn, organization, id, expected, now)?;
            jobs.push(job(Task::Delete(organization, id), now)?);
            let ended = find(conn, organization, id)?.ok_or(diesel::result::Error::NotFound)?;
            audit::append(conn, &[entry.clone().with("resource", ended.resource.as_str())])?;
            Ok(())
        };
        self.jobs.write(work).await
    }

    async fn forget(&self, organization: OrganizationId, id: GraphSubscriptionId) -> Result<(), Unavailable> {
        let work = move |conn: &mut Conn| {
            diesel::delete(table::table.find((Key(organization), Key(id)))).execute(conn)?;
            Ok(())
        };
        self.database.statement(work).await
    }

    async fn ask(&self, task: Task, entry: &Entry) -> Result<(), Unavailable> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            jobs.push(job(task, entry.id.time())?);
            Ok(audit::append(conn, std::slice::from_ref(&entry))?)
        };
        self.jobs.write(work).await
    }

    async fn ask_for_renewals(&self, now: Timestamp, stuck: Timestamp) -> Result<u64, Unavailable> {
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            let due: Vec<(Key<OrganizationId>, Key<GraphSubscriptionId>)> = table::table
                .filter(table::renew_at.le(At(now)))
                .order(table::renew_at)
                .limit(1000)
                .select((table::organization_id, table::id))
                .load(conn)?;
            for (Key(organization), Key(id)) in &due {
                jobs.push(job(Task::Renew(*organization, *id), now)?);
                // Should nothing come of it, so that those that cannot be renewed leave room for the others.
                diesel::update(table::table.find((Key(*organization), Key(*id))))
                    .set(table::renew_at.eq(At(now.plus(RENEWAL))))
                    .execute(conn)?;
            }
            jobs.extend(changes::resume(conn, stuck, now)?);
            Ok(u64::try_from(jobs.len()).unwrap_or(u64::MAX))
        };
        self.jobs.write(work).await
    }

    async fn begin(
        &self,
        subscription: &Subscription,
        state: ClientStateDigest,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let (organization, id) = (subscription.organization, subscription.id);
        let work = move |conn: &mut Conn| {
            diesel::update(changes::in_state(organization, id, SubscriptionState::Creating))
                .set((
                    table::client_state.eq(state.0.as_slice()),
                    table::version.eq(table::version + 1),
                    table::updated_at.eq(At(now)),
                ))
                .execute(conn)?;
            Ok(())
        };
        self.database.statement(work).await
    }

    async fn granted(
        &self,
        subscription: &Subscription,
        granted: &Granted,
        renew_at: Timestamp,
        certificate: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let (asked, granted, certificate) = (subscription.clone(), granted.clone(), certificate.map(str::to_owned));
        let work = move |conn: &mut Conn| {
            Ok(changes::grant(
                conn,
                &asked,
                &granted,
                renew_at,
                certificate.as_deref(),
                now,
            )?)
        };
        self.database.write(work).await
    }

    async fn lost(&self, subscription: &Subscription, now: Timestamp) -> Result<(), Unavailable> {
        let (organization, id, remote) = (subscription.organization, subscription.id, subscription.remote.clone());
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            jobs.extend(lose(conn, organization, id, remote.as_ref(), now)?);
            Ok(())
        };
        self.jobs.write(work).await
    }

    async fn trouble(
        &self,
        subscription: &Subscription,
        problem: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let (organization, id) = (subscription.organization, subscription.id);
        let problem = problem.map(|problem| problem.chars().take(1000).collect::<String>());
        let work = move |conn: &mut Conn| {
            diesel::update(table::table.find((Key(organization), Key(id))))
                .set((
                    table::problem.eq(&problem),
                    table::version.eq(table::version + 1),
                    table::updated_at.eq(At(now)),
                ))
                .execute(conn)?;
            Ok(())
        };
        self.database.statement(work).await
    }

    async fn caught_up(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        now: Timestamp,
    ) -> Result<Option<Subscription>, Unavailable> {
        let work = move |conn: &mut Conn| {
            diesel::update(table::table.find((Key(organization), Key(id))))
                .set((
                    table::delta_since.eq(None::<At>),
                    table::resync_since.eq(None::<At>),
                    table::version.eq(table::version + 1),
                    table::updated_at.eq(At(now)),
                ))
                .execute(conn)?;
            Ok(find(conn, organization, id)?)
        };
        self.database.write(work).await
    }
}
