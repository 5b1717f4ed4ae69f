use std::sync::Arc;

use tenon_kernel::{AssetId, Clock, Created, Expected, Id, Once, Page, Principal, Role, Unavailable, Version};

use crate::{
    Asset, AssetDraft, AssetPatch, ChangeAssetError, CreateAssetError, Inventory, Listing, Position, ReadAssetError,
    Scope,
};

/// Keeps assets. A member works with their own; admins, owners and API keys with all of their organization; viewers change nothing.
#[derive(Clone)]
pub struct Assets {
    inventory: Arc<dyn Inventory>,
    clock: Arc<dyn Clock>,
}

impl Assets {
    /// A service over these ports.
    pub fn new(inventory: Arc<dyn Inventory>, clock: Arc<dyn Clock>) -> Self {
        Self { inventory, clock }
    }

    /// Enters an asset that the member owns, or whoever made the API key.
    ///
    /// # Errors
    ///
    /// As [`CreateAssetError`] says.
    pub async fn create(
        &self,
        by: &Principal,
        draft: AssetDraft,
        once: Once<'_, Asset>,
    ) -> Result<Created<Asset>, CreateAssetError> {
        if by.role < Role::Member {
            return Err(CreateAssetError::ReadOnly);
        }
        let now = self.clock.now();
        let asset = Asset {
            id: Id::at(now),
            organization: by.organization,
            owner: by.user,
            placement: draft.placement,
            title: draft.title,
            description: draft.description,
            category: draft.category,
            status: draft.status,
            tags: draft.tags,
            attributes: draft.attributes,
            value: draft.value,
            acquired_on: draft.acquired_on,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        };
        let remember = once.remember(&asset, now)?;
        Ok(
            match self.inventory.insert(&asset, by.act(now), remember.as_ref()).await? {
                Created::Now(()) => Created::Now(asset),
                Created::Before(answer) => Created::Before(answer),
            },
        )
    }

    /// One asset that the member sees.
    ///
    /// # Errors
    ///
    /// [`ReadAssetError::NotFound`].
    pub async fn find(&self, by: &Principal, asset: AssetId) -> Result<Asset, ReadAssetError> {
        self.inventory
            .find(&Scope::of(by), asset)
            .await?
            .ok_or(ReadAssetError::NotFound)
    }

    /// A page of the assets that the member sees.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn list(&self, by: &Principal, listing: &Listing) -> Result<Page<Asset, Position>, Unavailable> {
        self.inventory.list(&Scope::of(by), listing).await
    }

    /// Changes an asset and returns it as it is from then on.
    ///
    /// # Errors
    ///
    /// As [`ChangeAssetError`] says; [`ChangeAssetError::Stale`] also when somebody else changed it at the same time.
    pub async fn change(
        &self,
        by: &Principal,
        asset: AssetId,
        patch: AssetPatch,
        expected: Expected,
    ) -> Result<Asset, ChangeAssetError> {
        let scope = Self::changeable(by)?;
        let current = self
            .inventory
            .find(&scope, asset)
            .await?
            .ok_or(ChangeAssetError::NotFound)?;
        if !expected.allows(current.version) {
            return Err(ChangeAssetError::Stale(current.version));
        }
        let changed = patch
            .apply(current.clone(), self.clock.now())
            .map_err(ChangeAssetError::Refused)?;
        let act = by.act(changed.updated_at);
        self.inventory.replace(&scope, &current, &changed, act).await?;
        Ok(changed)
    }

    /// Deletes an asset.
    ///
    /// # Errors
    ///
    /// As [`ChangeAssetError`] says.
    pub async fn delete(&self, by: &Principal, asset: AssetId, expected: Expected) -> Result<(), ChangeAssetError> {
        let scope = Self::changeable(by)?;
        let act = by.act(self.clock.now());
        Ok(self.inventory.delete(&scope, asset, expected, act).await?)
    }

    fn changeable(by: &Principal) -> Result<Scope, ChangeAssetError> {
        if by.role < Role::Member {
            return Err(ChangeAssetError::ReadOnly);
        }
        Ok(Scope::of(by))
    }
}
