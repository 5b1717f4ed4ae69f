use std::slice;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenon_assets::{Asset, InsertError, Listing, Placement, Position, ReplaceError, Scope};
use tenon_kernel::{
    Act, Activity, AssetId, Created, Expected, OrganizationId, Page, Remembered, Unavailable, UserId, Verb, Version,
};

use super::batches::Batches;
use super::finding::Finder;
use super::outbox::Outbox;
use super::remembered::recall;
use super::search::FoundBy;
use super::storing::Former;
use super::{Conn, Database, listing, storing};
use crate::fault::{Fault, reference_missing, unavailable, violated_key};
use crate::rows::{ActivityRow, AssetRow};
use crate::schema::{assets, sites, units};
use crate::types::Key;

/// A new asset, what it is found by, and that it was created.
pub struct Entry {
    pub asset: AssetRow,
    pub found_by: FoundBy,
    pub activity: ActivityRow,
}

impl Entry {
    fn of(asset: &Asset, activity: &Activity) -> QueryResult<Self> {
        Ok(Self {
            asset: AssetRow::try_from(asset)?,
            found_by: FoundBy::of(asset),
            activity: ActivityRow::try_from(activity)?,
        })
    }
}

/// What an asset is to be, where it is still what it was read as.
pub struct Replacement {
    pub entry: Entry,
    pub before: i64,
    /// The owner that it has to be of, if any.
    pub within: Option<Key<UserId>>,
    pub former: Former,
}

/// See the port.
pub struct Inventory {
    database: Database,
    outbox: Outbox,
    finder: Finder,
    insertions: Batches<Entry, bool>,
    replacements: Batches<Arc<Replacement>, bool>,
}

impl Inventory {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        let finder = Finder::new(database.clone());
        let insertions = Batches::new(database.clone(), insert);
        let replacements = Batches::new(database.clone(), storing::replace_free);
        Self {
            database,
            outbox,
            finder,
            insertions,
            replacements,
        }
    }
}

/// Inserts the assets and what goes with them; says of one alone whether its organization is there.
fn insert(conn: &mut Conn, entries: &[Entry]) -> QueryResult<Vec<bool>> {
    match storing::insert(conn, entries) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) if entries.len() == 1 => {
            Ok(vec![false])
        }
        inserted => inserted.map(|inserted| vec![true; inserted.len()]),
    }
}

/// The asset, whoever's it is.
pub fn asset_row(conn: &mut Conn, organization: OrganizationId, asset: AssetId) -> QueryResult<Option<AssetRow>> {
    assets::table
        .find((Key(organization), Key(asset)))
        .select(AssetRow::as_select())
        .first(conn)
        .optional()
}

fn find(conn: &mut Conn, scope: &Scope, asset: AssetId) -> QueryResult<Option<AssetRow>> {
    Ok(asset_row(conn, scope.organization, asset)?.filter(|row| is_in(scope, row)))
}

fn is_in(scope: &Scope, row: &AssetRow) -> bool {
    scope.owner.is_none_or(|owner| owner == row.owner_id.0)
}

/// The foreign keys of the site and of the unit that an asset is in.
const SITE: &str = "assets_organization_id_site_id_fkey";
const UNIT: &str = "assets_organization_id_site_id_unit_id_fkey";

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
        let entry = Entry::of(asset, &created).map_err(unavailable)?;
        if remember.is_none() && asset.placement.site().is_none() {
            if !self.insertions.run(entry).await? {
                return Err(InsertError::OrganizationGone);
            }
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
            // Somebody may remove any of it between the look and the insertion.
            let inserted = storing::insert(conn, slice::from_ref(&entry));
            let gone = match (violated_key(&inserted), placement.site()) {
                (Some(UNIT), _) => InsertError::UnknownUnit,
                (Some(SITE), _) | (None, Some(_)) => InsertError::UnknownSite,
                (Some(_), _) | (None, None) => InsertError::OrganizationGone,
            };
            reference_missing(inserted, gone)?;
            Ok(Created::Now(()))
        };
        let done = self.database.write(work).await?;
        if let Created::Now(()) = done {
            self.outbox.hand_over(created);
        }
        Ok(done)
    }

    async fn find(&self, scope: &Scope, asset: AssetId) -> Result<Option<Asset>, Unavailable> {
        let found = self.finder.find(scope.organization, asset).await?;
        let row = found.filter(|row| is_in(scope, row));
        row.map(AssetRow::into_asset).transpose().map_err(unavailable)
    }

    async fn list(&self, scope: &Scope, listing: &Listing) -> Result<Page<Asset, Position>, Unavailable> {
        let (scope, listing) = (*scope, listing.clone());
        self.database
            .read(move |conn| listing::list(conn, &scope, &listing))
            .await
    }

    async fn replace(&self, scope: &Scope, before: &Asset, after: &Asset, act: Act) -> Result<(), ReplaceError> {
        let updated = after.activity(act, Verb::Updated, before.placement);
        let replacement = Arc::new(Replacement {
            entry: Entry::of(after, &updated).map_err(unavailable)?,
            before: before.version.get(),
            within: scope.owner.map(Key),
            former: Former::of(before),
        });
        let usual = after.placement == before.placement && after.organization == scope.organization;
        if !(usual && self.replacements.run(Arc::clone(&replacement)).await?) {
            self.replace_alone(scope, after, replacement).await?;
        }
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
                if storing::delete(conn, before)? == 1 {
                    activities.push(deleted.activity(act, Verb::Deleted, deleted.placement));
                    return Ok(());
                }
                // Somebody else was faster, which a deletion of any version is not to notice.
            }
        };
        self.outbox.write(work).await
    }
}

impl Inventory {
    /// Makes a replacement that has to look or to wait, or says why it cannot be made.
    async fn replace_alone(
        &self,
        scope: &Scope,
        after: &Asset,
        replacement: Arc<Replacement>,
    ) -> Result<(), ReplaceError> {
        let (scope, id, placement) = (*scope, after.id, after.placement);
        let work = move |conn: &mut Conn| {
            let found = find(conn, &scope, id)?.ok_or(Fault::Refused(ReplaceError::NotFound))?;
            match place(conn, scope.organization, placement)? {
                Place::Known => {}
                Place::UnknownSite => return Err(Fault::Refused(ReplaceError::UnknownSite)),
                Place::UnknownUnit => return Err(Fault::Refused(ReplaceError::UnknownUnit)),
            }
            let stale = |version| Err(Fault::Refused(ReplaceError::Stale(Version::new(version))));
            if found.version != replacement.before {
                return stale(found.version);
            }
            let replaced = storing::replace(conn, &replacement);
            let gone = match violated_key(&replaced) {
                Some(UNIT) => ReplaceError::UnknownUnit,
                Some(_) | None => ReplaceError::UnknownSite,
            };
            if reference_missing(replaced, gone)? {
                return Ok(());
            }
            // Somebody else was faster.
            match find(conn, &scope, id)? {
                Some(row) => stale(row.version),
                None => Err(Fault::Refused(ReplaceError::NotFound)),
            }
        };
        self.database.statement(work).await
    }
}
