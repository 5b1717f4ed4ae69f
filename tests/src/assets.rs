//! Assets for tests.

use tenon_assets::{Asset, AssetTitle, Attributes, Category, Description, Listing, Placement, Scope, Status, Tags};
use tenon_kernel::{Act, Id, Limit, OrganizationId, UserId};
use tenon_kernel::{Role, Version};
use tenon_sql::Store;

use crate::accounts;
use crate::clock::moment;

/// An asset with nothing but a title.
pub fn asset(scope: &Scope, title: &str) -> Asset {
    let now = moment();
    Asset {
        id: Id::at(now),
        organization: scope.organization,
        owner: scope.owner.expect("an asset has an owner"),
        placement: Placement::default(),
        title: AssetTitle::parse(title).unwrap(),
        description: Description::default(),
        category: Category::default(),
        status: Status::Active,
        tags: Tags::default(),
        attributes: Attributes::default(),
        value: None,
        acquired_on: None,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}

/// That its owner enters the asset.
pub const fn entering(asset: &Asset) -> Act {
    Act::of(asset.owner, asset.created_at)
}

/// What the asset is after a change of its title.
pub fn retitled(asset: &Asset, title: &str) -> Asset {
    Asset {
        title: AssetTitle::parse(title).unwrap(),
        version: asset.version.next(),
        updated_at: moment(),
        ..asset.clone()
    }
}

/// The assets of one person.
pub const fn own(organization: OrganizationId, owner: UserId) -> Scope {
    Scope {
        organization,
        owner: Some(owner),
    }
}

/// All assets of the organization.
pub const fn all(organization: OrganizationId) -> Scope {
    Scope {
        organization,
        owner: None,
    }
}

/// Registers somebody and returns the scope of their own assets in their organization.
pub async fn keeper(store: &Store, name: &str) -> Scope {
    let registration = accounts::register(store, name).await;
    own(registration.organization.id, registration.user.id)
}

/// Registers somebody who joins the organization and returns the scope of their own assets in it.
pub async fn colleague(store: &Store, organization: OrganizationId, name: &str) -> Scope {
    let registration = accounts::join(store, organization, name, Role::Member).await;
    own(organization, registration.user.id)
}

/// Stores an asset with this title.
pub async fn keep(store: &Store, scope: &Scope, title: &str) -> Asset {
    let asset = asset(scope, title);
    store.inventory.insert(&asset, entering(&asset), None).await.unwrap();
    asset
}

/// Everything in the scope that the listing asks for, read in pages of `size`.
pub async fn listed(store: &Store, scope: &Scope, mut listing: Listing, size: u64) -> Vec<Asset> {
    listing.limit = Limit::new(size).unwrap();
    let mut found = Vec::new();
    loop {
        let page = store.inventory.list(scope, &listing).await.unwrap();
        found.extend(page.items);
        let Some(next) = page.next else {
            return found;
        };
        listing.after = Some(next);
    }
}
