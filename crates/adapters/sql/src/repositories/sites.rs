use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{PlaceName, RemoveError, Site};
use tenon_kernel::{
    ChangeError, CreateError, Created, Expected, OrganizationId, Page, PageRequest, Remembered, SiteId, Timestamp,
    Unavailable,
};

use super::change::{change, remove};
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database};
use crate::fault::reference_missing;
use crate::rows::SiteRow;
use crate::schema::sites;
use crate::types::{At, Key};

/// See the port.
pub struct Sites(pub Database);

fn find(conn: &mut Conn, organization: OrganizationId, site: SiteId) -> QueryResult<Option<Site>> {
    let row = sites::table
        .find((Key(organization), Key(site)))
        .select(SiteRow::as_select())
        .first(conn)
        .optional()?;
    row.map(SiteRow::into_site).transpose()
}

#[async_trait]
impl tenon_accounts::Sites for Sites {
    async fn create(&self, site: &Site, remember: Option<&Remembered>) -> Result<Created<()>, CreateError> {
        let row = SiteRow::from(site);
        let remember = remember.cloned();
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            diesel::insert_into(sites::table).values(&row).execute(conn)?;
            Ok(Created::Now(()))
        };
        self.0.write(work).await
    }

    async fn find(&self, organization: OrganizationId, site: SiteId) -> Result<Option<Site>, Unavailable> {
        self.0.point(move |conn| find(conn, organization, site)).await
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
        self.0.read(read).await
    }

    async fn rename(
        &self,
        organization: OrganizationId,
        site: SiteId,
        name: &PlaceName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Site, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| find(conn, organization, site);
            change(
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
                        sites::updated_at.eq(At(at)),
                        sites::version.eq(version.next().get()),
                    ))
                    .execute(conn)
                },
            )
        };
        self.0.write(work).await
    }

    async fn remove(&self, organization: OrganizationId, site: SiteId, expected: Expected) -> Result<(), RemoveError> {
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| Ok(find(conn, organization, site)?.map(|site| site.version));
            remove(conn, expected, find, |conn, version| {
                let target = sites::table
                    .find((Key(organization), Key(site)))
                    .filter(sites::version.eq(version.get()));
                reference_missing(diesel::delete(target).execute(conn), RemoveError::InUse)
            })
        };
        self.0.write(work).await
    }
}
