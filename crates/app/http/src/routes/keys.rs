use actix_web::web;
use tenon_kernel::UserId;
use tenon_messages::keys::{ChangePosition, LineNumber};

use crate::Api;
use crate::dto::keys::{AfterQuery, KeyChangesView, KeyLogView, PublicKeyBody, PublicKeyView};
use crate::extract::{At, Body, Query, User};
use crate::reply::{self, Answer};

/// Read one's own simple public key.
#[utoipa::path(get, path = "/api/users/me/public-key", tag = "keys", operation_id = "getOwnPublicKey",
    security(("bearer" = [])), responses((status = 200, description = "The key.", body = PublicKeyView),
        (status = 404, description = "`public_key_not_found`")))]
pub(crate) async fn own_public_key(api: web::Data<Api>, user: User) -> Answer {
    let key = api.keys.own_public_key(user.0.user).await?;
    reply::ok(&PublicKeyView::of(&key))
}

/// Give oneself a simple public key. The same key again changes nothing; another one has the next version.
#[utoipa::path(put, path = "/api/users/me/public-key", tag = "keys", operation_id = "putPublicKey",
    request_body = PublicKeyBody, security(("bearer" = [])),
    responses((status = 200, description = "The key from now on.", body = PublicKeyView)))]
pub(crate) async fn publish(api: web::Data<Api>, user: User, body: Body<PublicKeyBody>) -> Answer {
    let key = api.keys.publish(user.0.user, &body.value.key()?).await?;
    reply::ok(&PublicKeyView::of(&key))
}

/// Read the simple public key of somebody in one's organization.
#[utoipa::path(get, path = "/api/users/{user}/public-key", tag = "keys", operation_id = "getPublicKey",
    params(("user" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The key.", body = PublicKeyView),
        (status = 404, description = "`user_not_found`, `public_key_not_found`")))]
pub(crate) async fn public_key(api: web::Data<Api>, user: User, At(other): At<UserId>) -> Answer {
    let key = api.keys.public_key(&user.0, other).await?;
    reply::ok(&PublicKeyView::of(&key))
}

/// Read the key log of somebody in one's organization: what keys they had and have. Each line holds the hash of the one before.
#[utoipa::path(get, path = "/api/users/{user}/key-log", tag = "keys", operation_id = "listKeyLog",
    params(("user" = uuid::Uuid, Path), AfterQuery), security(("bearer" = [])),
    responses((status = 200, description = "Lines after a number.", body = KeyLogView),
        (status = 404, description = "`user_not_found`")))]
pub(crate) async fn log(api: web::Data<Api>, user: User, At(other): At<UserId>, query: Query<AfterQuery>) -> Answer {
    let (after, limit) = query.0.parse()?;
    let after = LineNumber(after);
    let lines = api.keys.log(&user.0, other, after, limit).await?;
    reply::ok(&KeyLogView::of(other, &lines, after))
}

/// Read whose keys changed in one's organization, the earliest first. Whoever goes on from `next` misses none.
#[utoipa::path(get, path = "/api/keys/changes", tag = "keys", operation_id = "listKeyChanges",
    params(AfterQuery), security(("bearer" = [])),
    responses((status = 200, description = "Changes after a position.", body = KeyChangesView)))]
pub(crate) async fn changes(api: web::Data<Api>, user: User, query: Query<AfterQuery>) -> Answer {
    let (after, limit) = query.0.parse()?;
    let after = ChangePosition(after);
    let changes = api.keys.changes(&user.0, after, limit).await?;
    reply::ok(&KeyChangesView::of(&changes, after))
}
