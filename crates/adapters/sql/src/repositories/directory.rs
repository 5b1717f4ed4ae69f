use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use tenon_kernel::{OrganizationId, SiteId, Unavailable, UnitId, UserId};

use super::{Conn, Database};
use crate::schema::{memberships, sites, units};
use crate::types::Key;

/// See the port.
pub struct Directory(pub Database);

#[async_trait]
impl tenon_rooms::Directory for Directory {
    async fn has_site(&self, organization: OrganizationId, site: SiteId) -> Result<bool, Unavailable> {
        let row = move |conn: &mut Conn| {
            let site = sites::table.find((Key(organization), Key(site)));
            select(exists(site)).get_result(conn)
        };
        self.0.point(row).await
    }

    async fn has_unit(&self, organization: OrganizationId, unit: UnitId) -> Result<bool, Unavailable> {
        let row = move |conn: &mut Conn| {
            let unit = units::table.find((Key(organization), Key(unit)));
            select(exists(unit)).get_result(conn)
        };
        self.0.point(row).await
    }

    async fn has_member(&self, organization: OrganizationId, user: UserId) -> Result<bool, Unavailable> {
        self.0.point(move |conn| is_member(conn, organization, user)).await
    }
}

/// Whether the user is a member of the organization.
pub fn is_member(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<bool> {
    let membership = memberships::table.find((Key(organization), Key(user)));
    select(exists(membership)).get_result(conn)
}
