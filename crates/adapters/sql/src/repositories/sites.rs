use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{PlaceName, RemoveError, Site};
use tenon_kernel::{
    About, Act, Activity, ChangeError, CreateError, Created, Expected, OrganizationId, Page, PageRequest, Remembered,
    SiteId, Unavailable, UserId, Verb,
};

use super::change::{change, remove};
use super::outbox::Outbox;
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, locks};
use crate::fault::reference_missing;
use crate::rows::SiteRow;
use crate::schema::sites;
use crate::types::{At, Key};

/// See the port.
pub struct Sites {
    database: Database,
    outbox: Outbox,
}

impl Sites {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn find(conn: &mut Conn, organization: OrganizationId, site: SiteId) -> QueryResult<Option<Site>> {
    let row = sites::table
        .find((Key(organization), Key(site)))
        .select(SiteRow::as_select())
        .first(conn)
        .optional()?;
    row.map(SiteRow::into_site).transpose()
}

fn activity(site: &Site, act: Act, verb: Verb) -> Activity {
    let about = About::Site {
        site: site.id,
        version: site.version,
    };
    Activity::new(site.organization, act, about, verb)
}

#[async_trait]
impl tenon_accounts::Sites for Sites {
    async fn create(&self, site: &Site, by: UserId, remember: Option<&Remembered>) -> Result<Created<()>, CreateError> {
        let row = SiteRow::from(site);
        let act = Act::of(by, site.created_at);
        let created = activity(site, act, Verb::Created);
        let remember = remember.cloned();
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            let inserted = diesel::insert_into(sites::table).values(&row).execute(conn);
            reference_missing(inserted, CreateError::OrganizationGone)?;
            activities.push(created.clone());
            Ok(Created::Now(()))
        };
        self.outbox.write(work).await
    }

    async fn find(&self, organization: OrganizationId, site: SiteId) -> Result<Option<Site>, Unavailable> {
        self.database.point(move |conn| find(conn, organization, site)).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<SiteId>,
    ) -> Result<Page<Site, SiteId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = sites::table.filter(sites::organization_id.eq(Key(organization)));
            let mut query = of_organization.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(sites::id.gt(Key(after)));
            }
            let rows = query
                .order(sites::id)
                .limit(fetch(&request))
                .select(SiteRow::as_select())
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, SiteRow::into_site, |site| site.id)
        };
        self.database.read(read).await
    }

    async fn rename(
        &self,
        organization: OrganizationId,
        site: SiteId,
        name: &PlaceName,
        expected: Expected,
        act: Act,
    ) -> Result<Site, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            let find = |conn: &mut Conn| find(conn, organization, site);
            let renamed = change(
                conn,
                expected,
                find,
                |site| site.version,
                |conn, version| {
                    diesel::update(
                        sites::table
                            .find((Key(organization), Key(site)))
                            .filter(sites::version.eq(version.get())),
                    )
                    .set((
                        sites::name.eq(&name),
                        sites::updated_at.eq(At(act.at)),
                        sites::version.eq(version.next().get()),
                    ))
                    .execute(conn)
                },
            )?;
            activities.push(activity(&renamed, act, Verb::Updated));
            Ok(renamed)
        };
        self.outbox.write(work).await
    }

    async fn remove(
        &self,
        organization: OrganizationId,
        site: SiteId,
        expected: Expected,
        act: Act,
    ) -> Result<(), RemoveError> {
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            // Before what is in it, as whoever deletes the organization has it.
            locks::remains(conn, organization)?;
            let find = |conn: &mut Conn| find(conn, organization, site);
            let version = |site: &Site| site.version;
            let removed = remove(conn, expected, find, version, |conn, version| {
                let target = sites::table
                    .find((Key(organization), Key(site)))
                    .filter(sites::version.eq(version.get()));
                reference_missing(diesel::delete(target).execute(conn), RemoveError::InUse)
            })?;
            activities.push(activity(&removed, act, Verb::Deleted));
            Ok(())
        };
        self.outbox.write(work).await
    }
}
