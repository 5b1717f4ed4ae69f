use actix_web::web;
use tenon_kernel::{Once, OrganizationId, Principal, SiteId, UnitId, UserId};
use tenon_rooms::{Position, Room};

use crate::Api;
use crate::dto::rooms::{NewEventBody, PositionView};
use crate::error::ApiError;
use crate::extract::{At, Body, Holder, PublishEvents, Repeatable};
use crate::openapi::headers;
use crate::reply::{Answer, Reply};

/// Emit an event to everybody in the organization; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/events", tag = "rooms", operation_id = "emitToOrganization",
    params(("organization" = uuid::Uuid, Path), headers::IdempotencyKey), request_body = NewEventBody,
    security(("bearer" = []), ("apiKey" = ["events:publish"])),
    responses((status = 200, description = "Where it is.", body = PositionView)))]
pub(crate) async fn to_organization(
    api: web::Data<Api>,
    user: Holder<PublishEvents>,
    At(organization): At<OrganizationId>,
    once: Repeatable,
    body: Body<NewEventBody>,
) -> Answer {
    let room = Room::Organization(organization);
    emit(&api, &user.0, organization, &room, once, body).await
}

/// Emit an event to those who look at a site; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/sites/{site}/events", tag = "rooms", operation_id = "emitToSite",
    params(("organization" = uuid::Uuid, Path), ("site" = uuid::Uuid, Path), headers::IdempotencyKey),
    request_body = NewEventBody, security(("bearer" = []), ("apiKey" = ["events:publish"])),
    responses((status = 200, description = "Where it is.", body = PositionView)))]
pub(crate) async fn to_site(
    api: web::Data<Api>,
    user: Holder<PublishEvents>,
    At((organization, site)): At<(OrganizationId, SiteId)>,
    once: Repeatable,
    body: Body<NewEventBody>,
) -> Answer {
    emit(&api, &user.0, organization, &Room::Site(organization, site), once, body).await
}

/// Emit an event to those who look at a unit; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/units/{unit}/events", tag = "rooms", operation_id = "emitToUnit",
    params(("organization" = uuid::Uuid, Path), ("unit" = uuid::Uuid, Path), headers::IdempotencyKey),
    request_body = NewEventBody, security(("bearer" = []), ("apiKey" = ["events:publish"])),
    responses((status = 200, description = "Where it is.", body = PositionView)))]
pub(crate) async fn to_unit(
    api: web::Data<Api>,
    user: Holder<PublishEvents>,
    At((organization, unit)): At<(OrganizationId, UnitId)>,
    once: Repeatable,
    body: Body<NewEventBody>,
) -> Answer {
    emit(&api, &user.0, organization, &Room::Unit(organization, unit), once, body).await
}

/// Emit an event to a member on all of their devices, whichever organization they look at; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/users/{user}/events", tag = "rooms", operation_id = "emitToUser",
    params(("organization" = uuid::Uuid, Path), ("user" = uuid::Uuid, Path), headers::IdempotencyKey),
    request_body = NewEventBody, security(("bearer" = []), ("apiKey" = ["events:publish"])),
    responses((status = 200, description = "Where it is.", body = PositionView)))]
pub(crate) async fn to_user(
    api: web::Data<Api>,
    user: Holder<PublishEvents>,
    At((organization, member)): At<(OrganizationId, UserId)>,
    once: Repeatable,
    body: Body<NewEventBody>,
) -> Answer {
    emit(&api, &user.0, organization, &Room::User(member), once, body).await
}

async fn emit(
    api: &Api,
    by: &Principal,
    organization: OrganizationId,
    room: &Room,
    once: Repeatable,
    body: Body<NewEventBody>,
) -> Answer {
    let event = body.value.parse()?;
    let render = |position: &Position| Reply::ok(&PositionView::of(room, *position));
    let emit = async |once: Once<'_, Position>| {
        let emitted = api.rooms.emit(by, organization, room, event, once).await;
        emitted.map_err(|error| ApiError::of_emitting(error, room))
    };
    once.create(by, &body.raw, render, emit).await
}
