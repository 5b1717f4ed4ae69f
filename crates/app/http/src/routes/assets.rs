use actix_web::web;
use tenon_assets::Asset;
use tenon_kernel::{AssetId, Once};

use crate::Api;
use crate::dto::PageView;
use crate::dto::assets::{self, AssetChange, AssetQuery, AssetView, NewAsset};
use crate::extract::{At, Body, Holder, IfMatch, IfNoneMatch, Query, ReadAssets, Repeatable, WriteAssets};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List assets: one's own, or all of the organization from admin on.
#[utoipa::path(get, path = "/api/assets", tag = "assets", operation_id = "listAssets", params(AssetQuery),
    security(("bearer" = []), ("apiKey" = ["assets:read"])),
    responses((status = 200, description = "A page.", body = PageView<AssetView>)))]
pub(crate) async fn list(api: web::Data<Api>, user: Holder<ReadAssets>, query: Query<AssetQuery>) -> Answer {
    let binding = query.0.binding(&user.0);
    let listing = query.0.listing(&binding)?;
    let page = api.assets.list(&user.0, &listing).await?;
    assets::answer(&page, &binding)
}

/// Enter an asset.
#[utoipa::path(post, path = "/api/assets", tag = "assets", operation_id = "createAsset", request_body = NewAsset,
    params(headers::IdempotencyKey), security(("bearer" = []), ("apiKey" = ["assets:write"])),
    responses((status = 201, description = "The asset.", body = AssetView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: Holder<WriteAssets>,
    once: Repeatable,
    body: Body<NewAsset>,
) -> Answer {
    let draft = body.value.draft()?;
    let render = |asset: &Asset| {
        let view = AssetView::of(asset);
        Ok(Reply::created(format!("/api/assets/{}", asset.id), &view)?.at(asset.version))
    };
    let create = async |once: Once<'_, Asset>| Ok(api.assets.create(&user.0, draft, once).await?);
    once.create(&user.0, &body.raw, render, create).await
}

/// Read an asset.
#[utoipa::path(get, path = "/api/assets/{asset}", tag = "assets", operation_id = "getAsset",
    params(("asset" = uuid::Uuid, Path), headers::IfNoneMatch), security(("bearer" = []), ("apiKey" = ["assets:read"])),
    responses((status = 200, description = "The asset.", body = AssetView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: Holder<ReadAssets>,
    At(asset): At<AssetId>,
    known: IfNoneMatch,
) -> Answer {
    let asset = api.assets.find(&user.0, asset).await?;
    reply::resource(&known, asset.version, &AssetView::of(&asset))
}

/// Change an asset.
#[utoipa::path(patch, path = "/api/assets/{asset}", tag = "assets", operation_id = "changeAsset",
    params(("asset" = uuid::Uuid, Path), headers::IfMatch),
    security(("bearer" = []), ("apiKey" = ["assets:write"])), request_body = AssetChange,
    responses((status = 200, description = "The asset from now on.", body = AssetView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: Holder<WriteAssets>,
    At(asset): At<AssetId>,
    condition: IfMatch,
    body: Body<AssetChange>,
) -> Answer {
    let patch = body.value.patch()?;
    let change = async |expected| Ok(api.assets.change(&user.0, asset, patch.clone(), expected).await?);
    let asset = condition.change(change).await?;
    reply::tagged(asset.version, &AssetView::of(&asset))
}

/// Delete an asset.
#[utoipa::path(delete, path = "/api/assets/{asset}", tag = "assets", operation_id = "deleteAsset",
    params(("asset" = uuid::Uuid, Path), headers::IfMatch), security(("bearer" = []), ("apiKey" = ["assets:write"])),
    responses((status = 204, description = "It is gone.")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: Holder<WriteAssets>,
    At(asset): At<AssetId>,
    condition: IfMatch,
) -> Answer {
    condition
        .change(async |expected| Ok(api.assets.delete(&user.0, asset, expected).await?))
        .await?;
    reply::no_content()
}
