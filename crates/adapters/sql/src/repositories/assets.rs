use std::slice;

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_assets::{Asset, InsertError, Listing, Placement, Position, ReplaceError, Scope};
use tenon_kernel::{
    Act, Activity, AssetId, Created, Expected, OrganizationId, Page, Remembered, Unavailable, Verb, Version,
};

use super::inserts::Inserts;
use super::outbox::Outbox;
use super::remembered::recall;
use super::search::FoundBy;
use super::{Conn, Database, listing, search};
use crate::fault::{Fault, reference_missing, unavailable};
use crate::rows::{ActivityRow, AssetRow};
use crate::schema::{assets, sites, units};
use crate::types::Key;

/// A new asset, what it is found by, and that it was created.
pub struct Entry {
    pub asset: AssetRow,
    pub found_by: FoundBy,
    pub activity: ActivityRow,
}

/// See the port.
pub struct Inventory {
    database: Database,
    outbox: Outbox,
    inserts: Inserts<Entry>,
}

impl Inventory {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        let inserts = Inserts::new(database.clone(), search::insert);
        Self {
            database,
            outbox,
            inserts,
        }
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
    async fn insert(&self, asset: &Asset, act: Act, remember: Option<&Remembered>) -> Result<Created<()>, InsertError> {
        let created = asset.activity(act, Verb::Created, Placement::default());
        let entry = Entry {
            asset: AssetRow::try_from(asset).map_err(unavailable)?,
            found_by: FoundBy::of(asset),
            activity: ActivityRow::try_from(&created).map_err(unavailable)?,
        };
        if remember.is_none() && asset.placement.site().is_none() {
            self.inserts.insert(entry).await?;
            self.outbox.hand_over(created);
            return Ok(Created::Now(()));
        }
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
            let inserted = search::insert(conn, slice::from_ref(&entry));
            if placement.site().is_some() {
                // Somebody may remove the site between the look and the insertion.
                reference_missing(inserted, InsertError::UnknownSite)?;
            } else {
                inserted?;
            }
            Ok(Created::Now(()))
        };
        let done = self.database.write(work).await?;
        if let Created::Now(()) = done {
            self.outbox.hand_over(created);
        }
        Ok(done)
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

    async fn replace(&self, scope: &Scope, asset: &Asset, act: Act) -> Result<(), ReplaceError> {
        let row = AssetRow::try_from(asset).map_err(unavailable)?;
        let found_by = FoundBy::of(asset);
        let (scope, asset) = (*scope, asset.clone());
        let (id, version, organization, placement) = (asset.id, asset.version, asset.organization, asset.placement);
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
            let updated = asset.activity(act, Verb::Updated, before.placement()?);
            let told = ActivityRow::try_from(&updated)?;
            let replaced = search::replace(conn, before, &row, &found_by, &told);
            if reference_missing(replaced, ReplaceError::UnknownSite)? == 0 {
                return Err(gone_or_stale(conn, &scope, id)?);
            }
            Ok(updated)
        };
        // What was read before is read of the very version that the statement replaces.
        let updated = self.database.statement(work).await?;
        self.outbox.hand_over(updated);
        Ok(())
    }

    async fn delete(&self, scope: &Scope, asset: AssetId, expected: Expected, act: Act) -> Result<(), ReplaceError> {
        let scope = *scope;
        let work = move |conn: &mut Conn, activities: &mut Vec<Activity>| {
            loop {
                let before = find(conn, &scope, asset)?.ok_or(Fault::Refused(ReplaceError::NotFound))?;
                let current = Version::new(before.version);
                if !expected.allows(current) {
                    return Err(Fault::Refused(ReplaceError::Stale(current)));
                }
                let deleted = before.clone().into_asset()?;
                if search::delete(conn, before)? == 1 {
                    activities.push(deleted.activity(act, Verb::Deleted, deleted.placement));
                    return Ok(());
                }
                // Somebody else was faster, which a deletion of any version is not to notice.
            }
        };
        self.outbox.write(work).await
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
