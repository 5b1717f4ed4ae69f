use std::sync::Arc;

use tenon_kernel::{AssetId, Clock, Created, Expected, Id, Member, Once, Page, Role, Unavailable, Version};

use crate::{
    Asset, AssetDraft, AssetPatch, ChangeAssetError, CreateAssetError, Inventory, Listing, Position, ReadAssetError,
    Scope,
};

/// Keeps assets. A member works with their own; admins and owners with all of their organization; viewers change nothing.
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

    /// Enters an asset that the member owns.
    ///
    /// # Errors
    ///
    /// As [`CreateAssetError`] says.
    pub async fn create(
        &self,
        member: &Member,
        draft: AssetDraft,
        once: Once<'_, Asset>,
    ) -> Result<Created<Asset>, CreateAssetError> {
        if member.role < Role::Member {
            return Err(CreateAssetError::ReadOnly);
        }
        let now = self.clock.now();
        let asset = Asset {
            id: Id::at(now),
            organization: member.organization,
            owner: member.user,
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
        Ok(match self.inventory.insert(&asset, remember.as_ref()).await? {
            Created::Now(()) => Created::Now(asset),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// One asset that the member sees.
    ///
    /// # Errors
    ///
    /// [`ReadAssetError::NotFound`].
    pub async fn find(&self, member: &Member, asset: AssetId) -> Result<Asset, ReadAssetError> {
        self.inventory
            .find(&Scope::of(member), asset)
            .await?
            .ok_or(ReadAssetError::NotFound)
    }

    /// A page of the assets that the member sees.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn list(&self, member: &Member, listing: &Listing) -> Result<Page<Asset, Position>, Unavailable> {
        self.inventory.list(&Scope::of(member), listing).await
    }

    /// Changes an asset and returns it as it is from then on.
    ///
    /// # Errors
    ///
    /// As [`ChangeAssetError`] says; [`ChangeAssetError::Stale`] also when somebody else changed it at the same time.
    pub async fn change(
        &self,
        member: &Member,
        asset: AssetId,
        patch: AssetPatch,
        expected: Expected,
    ) -> Result<Asset, ChangeAssetError> {
        let scope = Self::changeable(member)?;
        let current = self
            .inventory
            .find(&scope, asset)
            .await?
            .ok_or(ChangeAssetError::NotFound)?;
        if !expected.allows(current.version) {
            return Err(ChangeAssetError::Stale(current.version));
        }
        let changed = patch
            .apply(current, self.clock.now())
            .map_err(ChangeAssetError::Refused)?;
        self.inventory.replace(&scope, &changed, member.user).await?;
        Ok(changed)
    }

    /// Deletes an asset.
    ///
    /// # Errors
    ///
    /// As [`ChangeAssetError`] says.
    pub async fn delete(&self, member: &Member, asset: AssetId, expected: Expected) -> Result<(), ChangeAssetError> {
        let scope = Self::changeable(member)?;
        let act = member.act(self.clock.now());
        Ok(self.inventory.delete(&scope, asset, expected, act).await?)
    }

    fn changeable(member: &Member) -> Result<Scope, ChangeAssetError> {
        if member.role < Role::Member {
            return Err(ChangeAssetError::ReadOnly);
        }
        Ok(Scope::of(member))
    }
}
