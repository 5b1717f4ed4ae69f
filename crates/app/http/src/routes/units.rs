use actix_web::web;
use tenon_accounts::Unit;
use tenon_kernel::{Once, OrganizationId, UnitId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::places::{NewUnit, PlaceBody, UnitQuery, UnitView};
use crate::dto::{PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, Holder, IfMatch, IfNoneMatch, Query, ReadPlaces, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the units of the organization or of one of its sites, in order of creation.
#[utoipa::path(get, path = "/api/orgs/{organization}/units", tag = "units", operation_id = "listUnits",
    params(("organization" = uuid::Uuid, Path), UnitQuery), security(("bearer" = []), ("apiKey" = ["places:read"])),
    responses((status = 200, description = "A page.", body = PageView<UnitView>)))]
pub(crate) async fn list(
    api: web::Data<Api>,
    user: Holder<ReadPlaces>,
    At(organization): At<OrganizationId>,
    query: Query<UnitQuery>,
) -> Answer {
    let (site, query) = query.0.split()?;
    let binding = Binding::new("units").with(organization.as_bytes());
    let binding = binding.maybe(site.as_ref().map(|site| site.as_bytes()));
    let page = api
        .places
        .units(&user.0, organization, site, &query.request(&binding)?)
        .await;
    page::answer(&page.map_err(ApiError::of_unit)?, &binding, UnitView::of)
}

/// Make a unit of a site; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/units", tag = "units", operation_id = "createUnit",
    params(("organization" = uuid::Uuid, Path), headers::IdempotencyKey), request_body = NewUnit,
    security(("bearer" = [])), responses((status = 201, description = "The unit.", body = UnitView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    once: Repeatable,
    body: Body<NewUnit>,
) -> Answer {
    let draft = body.value.draft()?;
    let render = |unit: &Unit| {
        let location = format!("/api/orgs/{organization}/units/{}", unit.id);
        Ok(Reply::created(location, &UnitView::of(unit))?.at(unit.version))
    };
    let create = async |once: Once<'_, Unit>| {
        let created = api.places.create_unit(&user.0, organization, draft, once).await;
        created.map_err(ApiError::of_unit)
    };
    once.create(&user.0, &body.raw, render, create).await
}

/// Read a unit.
#[utoipa::path(get, path = "/api/orgs/{organization}/units/{unit}", tag = "units", operation_id = "getUnit",
    params(("organization" = uuid::Uuid, Path), ("unit" = uuid::Uuid, Path), headers::IfNoneMatch),
    security(("bearer" = []), ("apiKey" = ["places:read"])),
    responses((status = 200, description = "The unit.", body = UnitView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: Holder<ReadPlaces>,
    At((organization, unit)): At<(OrganizationId, UnitId)>,
    known: IfNoneMatch,
) -> Answer {
    let unit = api
        .places
        .unit(&user.0, organization, unit)
        .await
        .map_err(ApiError::of_unit)?;
    reply::resource(&known, unit.version, &UnitView::of(&unit))
}

/// Rename a unit; takes an admin.
#[utoipa::path(patch, path = "/api/orgs/{organization}/units/{unit}", tag = "units", operation_id = "changeUnit",
    params(("organization" = uuid::Uuid, Path), ("unit" = uuid::Uuid, Path), headers::IfMatch),
    request_body = PlaceBody, security(("bearer" = [])),
    responses((status = 200, description = "The unit from now on.", body = UnitView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: User,
    At((organization, unit)): At<(OrganizationId, UnitId)>,
    condition: IfMatch,
    body: Body<PlaceBody>,
) -> Answer {
    let name = body.value.name()?;
    let rename = async |expected| {
        let renamed = api
            .places
            .rename_unit(&user.0, organization, unit, &name, expected)
            .await;
        renamed.map_err(ApiError::of_unit)
    };
    let unit = condition.change(rename).await?;
    reply::tagged(unit.version, &UnitView::of(&unit))
}

/// Remove a unit that no asset is in; takes an admin.
#[utoipa::path(delete, path = "/api/orgs/{organization}/units/{unit}", tag = "units", operation_id = "deleteUnit",
    params(("organization" = uuid::Uuid, Path), ("unit" = uuid::Uuid, Path), headers::IfMatch),
    security(("bearer" = [])),
    responses((status = 204, description = "It is gone."), (status = 409, description = "`unit_in_use`")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At((organization, unit)): At<(OrganizationId, UnitId)>,
    condition: IfMatch,
) -> Answer {
    let remove = async |expected| {
        let removed = api.places.remove_unit(&user.0, organization, unit, expected).await;
        removed.map_err(ApiError::of_unit)
    };
    condition.change(remove).await?;
    reply::no_content()
}
