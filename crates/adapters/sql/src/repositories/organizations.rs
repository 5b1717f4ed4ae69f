use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_accounts::{Organization, OrganizationName, Revocation, Subject};
use tenon_kernel::{
    About, ChangeError, CreateError, Created, Entry, Expected, OrganizationId, Page, PageRequest, Remembered, Role,
    Timestamp, Unavailable, UserId, Verb,
};

use super::change::change;
use super::members::activity;
use super::outbox::{Outbox, Told};
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, audit, locks, revocations, storing};
use crate::fault::Fault;
use crate::rows::{MembershipRow, OrganizationRow};
use crate::schema::{
    activities, assets, deliveries, graph_notifications as notifications, memberships, messages, organizations,
    purged_messages, sites, units,
};
use crate::types::{At, Key};

/// See the port.
pub struct Organizations {
    database: Database,
    outbox: Outbox,
}

impl Organizations {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn find(conn: &mut Conn, organization: OrganizationId) -> QueryResult<Option<Organization>> {
    let query = organizations::table
        .find(Key(organization))
        .select(OrganizationRow::as_select());
    query
        .first(conn)
        .optional()?
        .map(OrganizationRow::into_organization)
        .transpose()
}

#[async_trait]
impl tenon_accounts::Organizations for Organizations {
    async fn create(
        &self,
        organization: &Organization,
        owner: UserId,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError> {
        let row = OrganizationRow::from(organization);
        let membership = MembershipRow::new(organization.id, owner, Role::Owner, organization.created_at);
        let (remember, entry) = (remember.cloned(), entry.clone());
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            store(conn, &row, &membership, &entry)?;
            Ok(Created::Now(()))
        };
        self.database.write(work).await
    }

    async fn found(&self, organization: &Organization, owner: UserId, entry: &Entry) -> Result<bool, Unavailable> {
        let row = OrganizationRow::from(organization);
        let membership = MembershipRow::new(organization.id, owner, Role::Owner, organization.created_at);
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            locks::user(conn, owner)?;
            let any = memberships::table.filter(memberships::user_id.eq(Key(owner)));
            if select(exists(any)).get_result(conn)? {
                return Ok(false);
            }
            store(conn, &row, &membership, &entry)?;
            Ok(true)
        };
        self.database.write(work).await
    }

    async fn find(&self, organization: OrganizationId) -> Result<Option<Organization>, Unavailable> {
        self.database.point(move |conn| find(conn, organization)).await
    }

    async fn list(
        &self,
        request: &PageRequest<OrganizationId>,
    ) -> Result<Page<Organization, OrganizationId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let mut query = organizations::table.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(organizations::id.gt(Key(after)));
            }
            let rows = query
                .order(organizations::id)
                .limit(fetch(&request))
                .select(OrganizationRow::as_select())
                .load(conn)?;
            let total = total(&request, || organizations::table.count().get_result(conn))?;
            page(
                rows,
                &request,
                total,
                OrganizationRow::into_organization,
                |organization| organization.id,
            )
        };
        self.database.read(read).await
    }

    async fn rename(
        &self,
        organization: OrganizationId,
        name: &OrganizationName,
        expected: Expected,
        entry: &Entry,
    ) -> Result<Organization, ChangeError> {
        let (name, entry) = (name.as_str().to_owned(), entry.clone());
        let at = entry.id.time();
        let work = move |conn: &mut Conn, told: &mut Told| {
            // So that the name that goes is the one that is read here.
            locks::organization(conn, organization)?;
            let before = find(conn, organization)?;
            let find = |conn: &mut Conn| find(conn, organization);
            let renamed = change(
                conn,
                expected,
                find,
                |organization| organization.version,
                |conn, version| {
                    let of_version = organizations::version.eq(version.get());
                    diesel::update(organizations::table.find(Key(organization)).filter(of_version))
                        .set((
                            organizations::name.eq(&name),
                            organizations::updated_at.eq(At(at)),
                            organizations::version.eq(version.next().get()),
                        ))
                        .execute(conn)
                },
            )?;
            let about = About::Organization {
                version: renamed.version,
            };
            let by = entry.author.user_id();
            told.activities
                .push(activity(organization, by, at, about, Verb::Updated));
            let from = before.as_ref().map_or("", |before| before.name.as_str());
            let entry = entry.clone().with("from", from);
            told.entries.push(entry.with("to", renamed.name.as_str()));
            Ok(renamed)
        };
        self.outbox.audited(work).await
    }

    async fn delete(
        &self,
        organization: OrganizationId,
        expected: Expected,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Vec<Revocation>, ChangeError> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            // Whoever sends something holds mailboxes before the organization.
            locks::all_mailboxes(conn, organization)?;
            locks::organization(conn, organization)?;
            let found = find(conn, organization)?.ok_or(Fault::Refused(ChangeError::NotFound))?;
            if !expected.allows(found.version) {
                return Err(Fault::Refused(ChangeError::Stale(found.version)));
            }
            let revocations = delete(conn, organization, at, forget_at)?;
            let entry = entry.clone().with("name", found.name.as_str());
            audit::append(conn, &[entry.with("members", revocations.len())])?;
            Ok(revocations)
        };
        self.database.write(work).await
    }
}

fn store(conn: &mut Conn, row: &OrganizationRow, owner: &MembershipRow, entry: &Entry) -> QueryResult<()> {
    diesel::insert_into(organizations::table).values(row).execute(conn)?;
    diesel::insert_into(memberships::table).values(owner).execute(conn)?;
    audit::append(conn, std::slice::from_ref(entry))
}

fn delete(
    conn: &mut Conn,
    organization: OrganizationId,
    at: Timestamp,
    forget_at: Timestamp,
) -> QueryResult<Vec<Revocation>> {
    let members: Vec<Key<UserId>> = memberships::table
        .filter(memberships::organization_id.eq(Key(organization)))
        .select(memberships::user_id)
        .load(conn)?;
    // From the leaves to the root, so that no reference is left dangling on the way.
    storing::forget_organization(conn, organization)?;
    diesel::delete(assets::table.filter(assets::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(units::table.filter(units::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(sites::table.filter(sites::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(activities::table.filter(activities::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(organizations::table.find(Key(organization))).execute(conn)?;
    // Its mailboxes are gone, so that nothing more comes in.
    diesel::delete(messages::table.filter(messages::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(purged_messages::table.filter(purged_messages::organization_id.eq(Key(organization))))
        .execute(conn)?;
    diesel::delete(notifications::table.filter(notifications::organization_id.eq(Key(organization)))).execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::organization_id.eq(Key(organization)))).execute(conn)?;
    let mut written = Vec::with_capacity(members.len());
    for Key(user) in members {
        let revocation = Revocation {
            subject: Subject::Membership(user, organization),
            issued_until: at,
            forget_at,
        };
        revocations::write(conn, &revocation, at)?;
        written.push(revocation);
    }
    Ok(written)
}
