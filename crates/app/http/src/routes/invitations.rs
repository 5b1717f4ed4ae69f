use actix_web::web;
use tenon_accounts::Invited;
use tenon_kernel::{InvitationId, Once, OrganizationId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::invitations::{Acceptance, InvitationView, InvitedView, MembershipView, NewInvitation};
use crate::dto::{PageQuery, PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, Origin, Query, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the open invitations of the organization, oldest first; takes an admin.
#[utoipa::path(get, path = "/api/orgs/{organization}/invitations", tag = "invitations",
    operation_id = "listInvitations", params(("organization" = uuid::Uuid, Path), PageQuery),
    security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<InvitationView>)))]
pub(crate) async fn list(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    query: Query<PageQuery>,
) -> Answer {
    let binding = Binding::new("invitations").with(organization.as_bytes());
    let page = api
        .tenancy
        .invitations(&user.0, organization, &query.0.request(&binding)?)
        .await;
    page::answer(&page.map_err(ApiError::of_invitation)?, &binding, InvitationView::of)
}

/// Invite an address; takes an admin, and an owner to invite an owner. An open invitation of the address is replaced.
#[utoipa::path(post, path = "/api/orgs/{organization}/invitations", tag = "invitations",
    operation_id = "createInvitation", params(("organization" = uuid::Uuid, Path), headers::IdempotencyKey),
    request_body = NewInvitation, security(("bearer" = [])),
    responses((status = 201, description = "The invitation with its token.", body = InvitedView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    once: Repeatable,
    origin: Origin,
    body: Body<NewInvitation>,
) -> Answer {
    let (email, role) = body.value.invitation()?;
    let render = |invited: &Invited| {
        let location = format!("/api/orgs/{organization}/invitations/{}", invited.invitation.id);
        Reply::created(location, &InvitedView::of(invited))
    };
    let invite = async |once: Once<'_, Invited>| {
        let (tenancy, user) = (&api.tenancy, &user.0);
        let invited = tenancy.invite(user, organization, email, role, once, &origin.0);
        invited.await.map_err(ApiError::of_invitation)
    };
    once.create(&user.0, &body.raw, render, invite).await
}

/// Withdraw an invitation; takes an admin. Needs no `If-Match`: revoking must not fail on a lost race.
#[utoipa::path(delete, path = "/api/orgs/{organization}/invitations/{invitation}", tag = "invitations",
    operation_id = "deleteInvitation",
    params(("organization" = uuid::Uuid, Path), ("invitation" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 204, description = "Its token is worth nothing any more.")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At((organization, invitation)): At<(OrganizationId, InvitationId)>,
    origin: Origin,
) -> Answer {
    api.tenancy
        .withdraw(&user.0, organization, invitation, &origin.0)
        .await
        .map_err(ApiError::of_invitation)?;
    reply::no_content()
}

/// Accept an invitation. The token stays for the organization it is for; switch to go on in the new one.
#[utoipa::path(post, path = "/api/invitations/accept", tag = "invitations", operation_id = "acceptInvitation",
    request_body = Acceptance, security(("bearer" = [])),
    responses((status = 200, description = "The organization, and the role in it.", body = MembershipView),
        (status = 403, description = "`invitation_for_other_address`, `organization_required`, `api_key_refused`"),
        (status = 404, description = "`invitation_not_found`"), (status = 409, description = "`already_member`")))]
pub(crate) async fn accept(api: web::Data<Api>, user: User, origin: Origin, body: Body<Acceptance>) -> Answer {
    let token = body.value.token()?;
    let membership = api.tenancy.accept(user.0.user, &token, &origin.0).await?;
    reply::ok(&MembershipView::of(&membership))
}
