use actix_web::web;

use crate::Api;
use crate::dto::profile::{ProfilePatch, ProfileView};
use crate::error::ApiError;
use crate::extract::{Body, IfMatch, User};
use crate::openapi::headers;
use crate::reply::{self, Answer};

/// Read who the token is for.
///
/// The entity tag is that of the user; it does not change with the organization, so there is no 304.
#[utoipa::path(get, path = "/api/auth/me", tag = "auth", operation_id = "getProfile", security(("bearer" = [])),
    responses((status = 200, description = "The caller.", body = ProfileView)))]
pub(crate) async fn find(api: web::Data<Api>, user: User) -> Answer {
    let profile = api.accounts.profile(&user.0).await.map_err(ApiError::of_profile)?;
    reply::tagged(profile.user.version, &ProfileView::of(&profile))
}

/// Change one's own profile.
#[utoipa::path(patch, path = "/api/auth/me", tag = "auth", operation_id = "changeProfile", params(headers::IfMatch),
    request_body = ProfilePatch, security(("bearer" = [])),
    responses((status = 200, description = "The caller from now on.", body = ProfileView)))]
pub(crate) async fn change(api: web::Data<Api>, user: User, condition: IfMatch, body: Body<ProfilePatch>) -> Answer {
    let name = body.value.name()?;
    let rename = async |expected| {
        let renamed = api.accounts.rename(user.0.user, &name, expected).await;
        renamed.map_err(ApiError::of_profile)
    };
    condition.change(rename).await?;
    find(api.clone(), user).await
}
