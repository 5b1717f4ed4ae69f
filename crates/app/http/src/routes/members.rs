use actix_web::web;
use tenon_kernel::{OrganizationId, UserId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::members::{MemberPatch, MemberView};
use crate::dto::{PageQuery, PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, IfMatch, Origin, Query, User};
use crate::openapi::headers;
use crate::reply::{self, Answer};

/// List the members of the organization, in order of their registration.
#[utoipa::path(get, path = "/api/orgs/{organization}/members", tag = "members", operation_id = "listMembers",
    params(("organization" = uuid::Uuid, Path), PageQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<MemberView>)))]
pub(crate) async fn list(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    query: Query<PageQuery>,
) -> Answer {
    let binding = Binding::new("members").with(organization.as_bytes());
    let page = api
        .tenancy
        .members(&user.0, organization, &query.0.request(&binding)?)
        .await;
    page::answer(&page.map_err(ApiError::of_member)?, &binding, MemberView::of)
}

/// Read a member.
///
/// The entity tag is that of the membership; it does not change with the person's name, so there is no 304.
#[utoipa::path(get, path = "/api/orgs/{organization}/members/{user}", tag = "members", operation_id = "getMember",
    params(("organization" = uuid::Uuid, Path), ("user" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The member.", body = MemberView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: User,
    At((organization, member)): At<(OrganizationId, UserId)>,
) -> Answer {
    let member = api
        .tenancy
        .member(&user.0, organization, member)
        .await
        .map_err(ApiError::of_member)?;
    reply::tagged(member.version, &MemberView::of(&member))
}

/// Change a member's role; takes an admin, and an owner where an owner is made or unmade.
#[utoipa::path(patch, path = "/api/orgs/{organization}/members/{user}", tag = "members", operation_id = "changeMember",
    params(("organization" = uuid::Uuid, Path), ("user" = uuid::Uuid, Path), headers::IfMatch),
    request_body = MemberPatch, security(("bearer" = [])),
    responses((status = 200, description = "The member from now on.", body = MemberView),
        (status = 409, description = "`last_owner`")))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: User,
    At((organization, member)): At<(OrganizationId, UserId)>,
    condition: IfMatch,
    origin: Origin,
    body: Body<MemberPatch>,
) -> Answer {
    let role = body.value.role()?;
    let change = async |expected| {
        let changed = api
            .tenancy
            .change_role(&user.0, organization, member, role, expected, &origin.0)
            .await;
        changed.map_err(ApiError::of_member)
    };
    let member = condition.change(change).await?;
    reply::tagged(member.version, &MemberView::of(&member))
}

/// Remove a member; takes an admin, an owner where an owner goes. Everybody may leave.
#[utoipa::path(delete, path = "/api/orgs/{organization}/members/{user}", tag = "members", operation_id = "deleteMember",
    params(("organization" = uuid::Uuid, Path), ("user" = uuid::Uuid, Path), headers::IfMatch),
    security(("bearer" = [])),
    responses((status = 204, description = "They are no member any more."),
        (status = 409, description = "`last_owner`")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At((organization, member)): At<(OrganizationId, UserId)>,
    condition: IfMatch,
    origin: Origin,
) -> Answer {
    let remove = async |expected| {
        let (tenancy, user) = (&api.tenancy, &user.0);
        let removed = tenancy.remove_member(user, organization, member, expected, &origin.0);
        removed.await.map_err(ApiError::of_member)
    };
    condition.change(remove).await?;
    reply::no_content()
}
