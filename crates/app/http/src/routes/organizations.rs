use actix_web::web;
use tenon_accounts::Organization;
use tenon_kernel::{Once, OrganizationId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::organizations::{ListedOrganization, OrganizationBody, OrganizationView};
use crate::dto::{PageQuery, PageView, page};
use crate::extract::{At, Body, Caller, IfMatch, IfNoneMatch, Origin, Query, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the organizations that one belongs to; for the operator, every one.
#[utoipa::path(get, path = "/api/orgs", tag = "organizations", operation_id = "listOrganizations", params(PageQuery),
    security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<ListedOrganization>)))]
pub(crate) async fn list(api: web::Data<Api>, caller: Caller, query: Query<PageQuery>) -> Answer {
    match caller {
        Caller::Member(member) => {
            let binding = Binding::new("organizations").with(member.user.as_bytes());
            let page = api
                .tenancy
                .organizations_of(member.user, &query.0.request(&binding)?)
                .await?;
            page::answer(&page, &binding, ListedOrganization::of_member)
        }
        Caller::Operator(_) => {
            let binding = Binding::new("all organizations");
            let page = api.tenancy.all_organizations(&query.0.request(&binding)?).await?;
            page::answer(&page, &binding, ListedOrganization::of_operator)
        }
    }
}

/// Make an organization that one owns. The token stays for the one it is for.
#[utoipa::path(post, path = "/api/orgs", tag = "organizations", operation_id = "createOrganization",
    request_body = OrganizationBody, params(headers::IdempotencyKey), security(("bearer" = [])),
    responses((status = 201, description = "The organization.", body = OrganizationView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    once: Repeatable,
    origin: Origin,
    body: Body<OrganizationBody>,
) -> Answer {
    let name = body.value.name()?;
    let render = |made: &Organization| {
        let view = OrganizationView::of(made);
        Ok(Reply::created(format!("/api/orgs/{}", made.id), &view)?.at(made.version))
    };
    let create = async |once: Once<'_, Organization>| {
        let created = api.tenancy.create_organization(user.0.user, name, once, &origin.0);
        Ok(created.await?)
    };
    once.create(&user.0, &body.raw, render, create).await
}

/// Read the organization of the token; for the operator, any.
#[utoipa::path(get, path = "/api/orgs/{organization}", tag = "organizations", operation_id = "getOrganization",
    params(("organization" = uuid::Uuid, Path), headers::IfNoneMatch), security(("bearer" = [])),
    responses((status = 200, description = "The organization.", body = OrganizationView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    caller: Caller,
    At(organization): At<OrganizationId>,
    known: IfNoneMatch,
) -> Answer {
    let organization = match caller {
        Caller::Member(member) => api.tenancy.organization(&member, organization).await?,
        Caller::Operator(_) => api.tenancy.any_organization(organization).await?,
    };
    reply::resource(&known, organization.version, &OrganizationView::of(&organization))
}

/// Rename the organization; takes an admin.
#[utoipa::path(patch, path = "/api/orgs/{organization}", tag = "organizations", operation_id = "changeOrganization",
    params(("organization" = uuid::Uuid, Path), headers::IfMatch), request_body = OrganizationBody,
    security(("bearer" = [])),
    responses((status = 200, description = "The organization from now on.", body = OrganizationView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    condition: IfMatch,
    origin: Origin,
    body: Body<OrganizationBody>,
) -> Answer {
    let name = body.value.name()?;
    let rename = async |expected| {
        let (tenancy, user) = (&api.tenancy, &user.0);
        let renamed = tenancy.rename_organization(user, organization, &name, expected, &origin.0);
        Ok(renamed.await?)
    };
    let organization = condition.change(rename).await?;
    reply::tagged(organization.version, &OrganizationView::of(&organization))
}

/// Delete the organization and everything it owns; takes an owner.
#[utoipa::path(delete, path = "/api/orgs/{organization}", tag = "organizations", operation_id = "deleteOrganization",
    params(("organization" = uuid::Uuid, Path), headers::IfMatch), security(("bearer" = [])),
    responses((status = 204, description = "It is gone.")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    condition: IfMatch,
    origin: Origin,
) -> Answer {
    let delete = async |expected| {
        let deleted = api
            .tenancy
            .delete_organization(&user.0, organization, expected, &origin.0);
        Ok(deleted.await?)
    };
    condition.change(delete).await?;
    reply::no_content()
}
