use actix_web::web;
use tenon_kernel::OrganizationId;

use crate::Api;
use crate::dto::PageView;
use crate::dto::audit::{AuditEntryView, EntryQuery, EveryEntryQuery};
use crate::extract::{At, Operator, Query, User};
use crate::reply::Answer;

/// List what the organization's audit log tells, newest first; takes an admin.
#[utoipa::path(get, path = "/api/orgs/{organization}/audit", tag = "audit", operation_id = "listOrganizationAudit",
    params(("organization" = uuid::Uuid, Path), EntryQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<AuditEntryView>)))]
pub(crate) async fn of_organization(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    query: Query<EntryQuery>,
) -> Answer {
    let listing = query.0.of(organization)?;
    let page = api
        .audit
        .of_organization(&user.0, organization, listing.which.action, &listing.page)
        .await?;
    listing.answer(&page)
}

/// List what every audit log tells, those of organizations that are gone included, newest first; for the operator.
#[utoipa::path(get, path = "/api/audit", tag = "audit", operation_id = "listAudit", params(EveryEntryQuery),
    security(("bearer" = [])), responses((status = 200, description = "A page.", body = PageView<AuditEntryView>)))]
pub(crate) async fn list(api: web::Data<Api>, _: Operator, query: Query<EveryEntryQuery>) -> Answer {
    let listing = query.0.listing()?;
    let page = api.audit.list(&listing.which, &listing.page).await?;
    listing.answer(&page)
}
