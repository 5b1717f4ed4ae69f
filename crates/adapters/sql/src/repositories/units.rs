use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{PlaceName, RemoveError, Unit, UnitCreateError};
use tenon_kernel::{
    ChangeError, Created, Expected, OrganizationId, Page, PageRequest, Remembered, SiteId, Timestamp, Unavailable,
    UnitId,
};

use super::change::{change, remove};
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, Db};
use crate::fault::reference_missing;
use crate::rows::UnitRow;
use crate::schema::units;
use crate::types::{At, Key};

/// See the port.
pub struct Units(pub Database);

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

#[async_trait]
impl tenon_accounts::Units for Units {
    async fn create(&self, unit: &Unit, remember: Option<&Remembered>) -> Result<Created<()>, UnitCreateError> {
        let row = UnitRow::from(unit);
        let remember = remember.cloned();
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || UnitCreateError::KeyReused)? {
                return Ok(before);
            }
            let inserted = diesel::insert_into(units::table).values(&row).execute(conn);
            reference_missing(inserted, UnitCreateError::UnknownSite)?;
            Ok(Created::Now(()))
        };
        self.0.write(work).await
    }

    async fn find(&self, organization: OrganizationId, unit: UnitId) -> Result<Option<Unit>, Unavailable> {
        self.0.point(move |conn| find(conn, organization, unit)).await
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
        self.0.read(read).await
    }

    async fn rename(
        &self,
        organization: OrganizationId,
        unit: UnitId,
        name: &PlaceName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Unit, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| find(conn, organization, unit);
            change(
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
                        units::updated_at.eq(At(at)),
                        units::version.eq(version.next().get()),
                    ))
                    .execute(conn)
                },
            )
        };
        self.0.write(work).await
    }

    async fn remove(&self, organization: OrganizationId, unit: UnitId, expected: Expected) -> Result<(), RemoveError> {
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| Ok(find(conn, organization, unit)?.map(|unit| unit.version));
            remove(conn, expected, find, |conn, version| {
                let target = units::table
                    .find((Key(organization), Key(unit)))
                    .filter(units::version.eq(version.get()));
                reference_missing(diesel::delete(target).execute(conn), RemoveError::InUse)
            })
        };
        self.0.write(work).await
    }
}
