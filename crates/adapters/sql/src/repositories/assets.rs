use std::slice;

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_assets::{Asset, InsertError, Listing, Placement, Position, ReplaceError, Scope};
use tenon_kernel::{AssetId, Created, Expected, OrganizationId, Page, Remembered, Unavailable, Version};

use super::inserts::Inserts;
use super::remembered::recall;
use super::search::FoundBy;
use super::{Conn, Database, listing, search};
use crate::fault::{Fault, reference_missing, unavailable};
use crate::rows::AssetRow;
use crate::schema::{assets, sites, units};
use crate::types::Key;

/// See the port.
pub struct Inventory {
    database: Database,
    inserts: Inserts<(AssetRow, FoundBy)>,
}

impl Inventory {
    pub fn new(database: Database) -> Self {
        let inserts = Inserts::new(database.clone(), search::insert);
        Self { database, inserts }
    }
}

fn find(conn: &mut Conn, scope: &Scope, asset: AssetId) -> QueryResult<Option<AssetRow>> {
    let row = assets::table
        .find((Key(scope.organization), Key(asset)))
        .select(AssetRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.filter(|row: &AssetRow| scope.owner.is_none_or(|owner| owner == row.owner_id.0)))
}

/// Whether the site and the unit that the asset is in are its organization's.
enum Place {
    Known,
    UnknownSite,
    UnknownUnit,
}

fn place(conn: &mut Conn, organization: OrganizationId, placement: Placement) -> QueryResult<Place> {
    let Some(site) = placement.site() else {
        return Ok(Place::Known);
    };
    let site_found: Option<i64> = sites::table
        .find((Key(organization), Key(site)))
        .select(sites::version)
        .first(conn)
        .optional()?;
    if site_found.is_none() {
        return Ok(Place::UnknownSite);
    }
    let Some(unit) = placement.unit() else {
        return Ok(Place::Known);
    };
    let in_site = units::table
        .find((Key(organization), Key(unit)))
        .filter(units::site_id.eq(Key(site)));
    let unit_found: Option<i64> = in_site.select(units::version).first(conn).optional()?;
    Ok(if unit_found.is_some() {
        Place::Known
    } else {
        Place::UnknownUnit
    })
}

#[async_trait]
impl tenon_assets::Inventory for Inventory {
    async fn insert(&self, asset: &Asset, remember: Option<&Remembered>) -> Result<Created<()>, InsertError> {
        let row = AssetRow::try_from(asset).map_err(unavailable)?;
        let found_by = FoundBy::of(asset);
        if remember.is_none() && asset.placement.site().is_none() {
            self.inserts.insert((row, found_by)).await?;
            return Ok(Created::Now(()));
        }
        let item = (row, found_by);
        let (organization, placement, remember) = (asset.organization, asset.placement, remember.cloned());
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || InsertError::KeyReused)? {
                return Ok(before);
            }
            match place(conn, organization, placement)? {
                Place::Known => {}
                Place::UnknownSite => return Err(Fault::Refused(InsertError::UnknownSite)),
                Place::UnknownUnit => return Err(Fault::Refused(InsertError::UnknownUnit)),
            }
            let inserted = search::insert(conn, slice::from_ref(&item));
            if placement.site().is_some() {
                // Somebody may remove the site between the look and the insertion.
                reference_missing(inserted, InsertError::UnknownSite)?;
            } else {
                inserted?;
            }
            Ok(Created::Now(()))
        };
        self.database.write(work).await
    }

    async fn find(&self, scope: &Scope, asset: AssetId) -> Result<Option<Asset>, Unavailable> {
        let scope = *scope;
        let read = move |conn: &mut Conn| find(conn, &scope, asset)?.map(AssetRow::into_asset).transpose();
        self.database.point(read).await
    }

    async fn list(&self, scope: &Scope, listing: &Listing) -> Result<Page<Asset, Position>, Unavailable> {
        let (scope, listing) = (*scope, listing.clone());
        self.database
            .read(move |conn| listing::list(conn, &scope, &listing))
            .await
    }

    async fn replace(&self, scope: &Scope, asset: &Asset) -> Result<(), ReplaceError> {
        let row = AssetRow::try_from(asset).map_err(unavailable)?;
        let found_by = FoundBy::of(asset);
        let (scope, id, version) = (*scope, asset.id, asset.version);
        let (organization, placement) = (asset.organization, asset.placement);
        let work = move |conn: &mut Conn| {
            let before = find(conn, &scope, id)?.ok_or(Fault::Refused(ReplaceError::NotFound))?;
            match place(conn, organization, placement)? {
                Place::Known => {}
                Place::UnknownSite => return Err(Fault::Refused(ReplaceError::UnknownSite)),
                Place::UnknownUnit => return Err(Fault::Refused(ReplaceError::UnknownUnit)),
            }
            let current = Version::new(before.version);
            if current.next() != version {
                return Err(Fault::Refused(ReplaceError::Stale(current)));
            }
            let replaced = search::replace(conn, before, &row, &found_by);
            match reference_missing(replaced, ReplaceError::UnknownSite)? {
                0 => Err(gone_or_stale(conn, &scope, id)?),
                _ => Ok(()),
            }
        };
        self.database.write(work).await
    }

    async fn delete(&self, scope: &Scope, asset: AssetId, expected: Expected) -> Result<(), ReplaceError> {
        let scope = *scope;
        let work = move |conn: &mut Conn| {
            loop {
                let before = find(conn, &scope, asset)?.ok_or(Fault::Refused(ReplaceError::NotFound))?;
                let current = Version::new(before.version);
                if !expected.allows(current) {
                    return Err(Fault::Refused(ReplaceError::Stale(current)));
                }
                if search::delete(conn, before)? == 1 {
                    return Ok(());
                }
                // Somebody else was faster, which a deletion of any version is not to notice.
            }
        };
        self.database.write(work).await
    }
}

/// Why a row of the version that was just read is not there any more.
fn gone_or_stale(conn: &mut Conn, scope: &Scope, asset: AssetId) -> QueryResult<Fault<ReplaceError>> {
    let refusal = match find(conn, scope, asset)? {
        Some(row) => ReplaceError::Stale(Version::new(row.version)),
        None => ReplaceError::NotFound,
    };
    Ok(Fault::Refused(refusal))
}
