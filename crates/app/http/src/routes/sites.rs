use actix_web::web;
use tenon_accounts::Site;
use tenon_kernel::{Once, OrganizationId, SiteId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::places::{PlaceBody, SiteView};
use crate::dto::{PageQuery, PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, Holder, IfMatch, IfNoneMatch, Query, ReadPlaces, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the sites of the organization, in order of creation.
#[utoipa::path(get, path = "/api/orgs/{organization}/sites", tag = "sites", operation_id = "listSites",
    params(("organization" = uuid::Uuid, Path), PageQuery), security(("bearer" = []), ("apiKey" = ["places:read"])),
    responses((status = 200, description = "A page.", body = PageView<SiteView>)))]
pub(crate) async fn list(
    api: web::Data<Api>,
    user: Holder<ReadPlaces>,
    At(organization): At<OrganizationId>,
    query: Query<PageQuery>,
) -> Answer {
    let binding = Binding::new("sites").with(organization.as_bytes());
    let page = api
        .places
        .sites(&user.0, organization, &query.0.request(&binding)?)
        .await;
    page::answer(&page.map_err(ApiError::of_site)?, &binding, SiteView::of)
}

/// Make a site; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/sites", tag = "sites", operation_id = "createSite",
    params(("organization" = uuid::Uuid, Path), headers::IdempotencyKey), request_body = PlaceBody,
    security(("bearer" = [])), responses((status = 201, description = "The site.", body = SiteView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    once: Repeatable,
    body: Body<PlaceBody>,
) -> Answer {
    let name = body.value.name()?;
    let render = |site: &Site| {
        let location = format!("/api/orgs/{organization}/sites/{}", site.id);
        Ok(Reply::created(location, &SiteView::of(site))?.at(site.version))
    };
    let create = async |once: Once<'_, Site>| {
        let created = api.places.create_site(&user.0, organization, name, once).await;
        created.map_err(ApiError::of_site)
    };
    once.create(&user.0, &body.raw, render, create).await
}

/// Read a site.
#[utoipa::path(get, path = "/api/orgs/{organization}/sites/{site}", tag = "sites", operation_id = "getSite",
    params(("organization" = uuid::Uuid, Path), ("site" = uuid::Uuid, Path), headers::IfNoneMatch),
    security(("bearer" = []), ("apiKey" = ["places:read"])),
    responses((status = 200, description = "The site.", body = SiteView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: Holder<ReadPlaces>,
    At((organization, site)): At<(OrganizationId, SiteId)>,
    known: IfNoneMatch,
) -> Answer {
    let site = api
        .places
        .site(&user.0, organization, site)
        .await
        .map_err(ApiError::of_site)?;
    reply::resource(&known, site.version, &SiteView::of(&site))
}

/// Rename a site; takes an admin.
#[utoipa::path(patch, path = "/api/orgs/{organization}/sites/{site}", tag = "sites", operation_id = "changeSite",
    params(("organization" = uuid::Uuid, Path), ("site" = uuid::Uuid, Path), headers::IfMatch),
    request_body = PlaceBody, security(("bearer" = [])),
    responses((status = 200, description = "The site from now on.", body = SiteView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: User,
    At((organization, site)): At<(OrganizationId, SiteId)>,
    condition: IfMatch,
    body: Body<PlaceBody>,
) -> Answer {
    let name = body.value.name()?;
    let rename = async |expected| {
        let renamed = api
            .places
            .rename_site(&user.0, organization, site, &name, expected)
            .await;
        renamed.map_err(ApiError::of_site)
    };
    let site = condition.change(rename).await?;
    reply::tagged(site.version, &SiteView::of(&site))
}

/// Remove a site that nothing is in; takes an admin.
#[utoipa::path(delete, path = "/api/orgs/{organization}/sites/{site}", tag = "sites", operation_id = "deleteSite",
    params(("organization" = uuid::Uuid, Path), ("site" = uuid::Uuid, Path), headers::IfMatch),
    security(("bearer" = [])),
    responses((status = 204, description = "It is gone."), (status = 409, description = "`site_in_use`")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At((organization, site)): At<(OrganizationId, SiteId)>,
    condition: IfMatch,
) -> Answer {
    let remove = async |expected| {
        let removed = api.places.remove_site(&user.0, organization, site, expected).await;
        removed.map_err(ApiError::of_site)
    };
    condition.change(remove).await?;
    reply::no_content()
}
