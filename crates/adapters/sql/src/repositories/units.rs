use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{PlaceName, RemoveError, Unit, UnitCreateError};
use tenon_kernel::{
    About, Act, Activity, ChangeError, Created, Expected, OrganizationId, Page, PageRequest, Remembered, SiteId,
    Unavailable, UnitId, UserId, Verb,
};

use super::change::{change, remove};
use super::outbox::Outbox;
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, Db, locks};
use crate::fault::reference_missing;
use crate::rows::UnitRow;
use crate::schema::units;
use crate::types::{At, Key};

/// See the port.
pub struct Units {
    database: Database,
    outbox: Outbox,
}

impl Units {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn find(conn: &mut Conn, organization: OrganizationId, unit: UnitId) -> QueryResult<Option<Unit>> {
    let row = units::table
        .find((Key(organization), Key(unit)))
        .select(UnitRow::as_select())
        .first(conn)
        .optional()?;
    row.map(UnitRow::into_unit).transpose()
}

/// The units of the organization, or of one of its sites.
fn within<'a>(organization: OrganizationId, site: Option<SiteId>) -> units::BoxedQuery<'a, Db> {
    let query = units::table
        .filter(units::organization_id.eq(Key(organization)))
        .into_boxed();
    match site {
        Some(site) => query.filter(units::site_id.eq(Key(site))),
        None => query,
    }
}

fn activity(unit: &Unit, act: Act, verb: Verb) -> Activity {
    let about = About::Unit {
        unit: unit.id,
        site: unit.site,
        version: unit.version,
    };
    Activity::new(unit.organization, act, about, verb)
}

#[async_trait]
impl tenon_accounts::Units for Units {
    async fn create(
        &self,
        unit: &Unit,
        by: UserId,
        remember: Option<&Remembered>,
    ) -> Result<Created<()>, UnitCreateError> {
        let row = UnitRow::from(unit);
        let act = Act::of(by, unit.created_at);
        let created = activity(unit, act, Verb::Created);
        let remember = remember.cloned();
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            if let Some(before) = recall(conn, remember.as_ref(), || UnitCreateError::KeyReused)? {
                return Ok(before);
            }
            let inserted = diesel::insert_into(units::table).values(&row).execute(conn);
            reference_missing(inserted, UnitCreateError::UnknownSite)?;
            activities.push(created.clone());
            Ok(Created::Now(()))
        };
        self.outbox.write(work).await
    }

    async fn find(&self, organization: OrganizationId, unit: UnitId) -> Result<Option<Unit>, Unavailable> {
        self.database.point(move |conn| find(conn, organization, unit)).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        site: Option<SiteId>,
        request: &PageRequest<UnitId>,
    ) -> Result<Page<Unit, UnitId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let mut query = within(organization, site);
            if let Some(after) = request.after {
                query = query.filter(units::id.gt(Key(after)));
            }
            let rows = query
                .order(units::id)
                .limit(fetch(&request))
                .select(UnitRow::as_select())
                .load(conn)?;
            let total = total(&request, || within(organization, site).count().get_result(conn))?;
            page(rows, &request, total, UnitRow::into_unit, |unit| unit.id)
        };
        self.database.read(read).await
    }

    async fn rename(
        &self,
        organization: OrganizationId,
        unit: UnitId,
        name: &PlaceName,
        expected: Expected,
        act: Act,
    ) -> Result<Unit, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            let find = |conn: &mut Conn| find(conn, organization, unit);
            let renamed = change(
                conn,
                expected,
                find,
                |unit| unit.version,
                |conn, version| {
                    diesel::update(
                        units::table
                            .find((Key(organization), Key(unit)))
                            .filter(units::version.eq(version.get())),
                    )
                    .set((
                        units::name.eq(&name),
                        units::updated_at.eq(At(act.at)),
                        units::version.eq(version.next().get()),
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
        unit: UnitId,
        expected: Expected,
        act: Act,
    ) -> Result<(), RemoveError> {
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            // Before what is in it, as whoever deletes the organization has it.
            locks::remains(conn, organization)?;
            let find = |conn: &mut Conn| find(conn, organization, unit);
            let version = |unit: &Unit| unit.version;
            let removed = remove(conn, expected, find, version, |conn, version| {
                let target = units::table
                    .find((Key(organization), Key(unit)))
                    .filter(units::version.eq(version.get()));
                reference_missing(diesel::delete(target).execute(conn), RemoveError::InUse)
            })?;
            activities.push(activity(&removed, act, Verb::Deleted));
            Ok(())
        };
        self.outbox.write(work).await
    }
}
