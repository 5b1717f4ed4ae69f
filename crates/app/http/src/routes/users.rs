use actix_web::web;
use tenon_kernel::{ChangeError, UserId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::users::{AccountPatch, AccountQuery, AccountView};
use crate::dto::{PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, IfMatch, IfNoneMatch, Operator, Origin, Query};
use crate::openapi::headers;
use crate::reply::{self, Answer};

/// List the accounts of the installation, in order of their registration; for the operator.
#[utoipa::path(get, path = "/api/users", tag = "users", operation_id = "listUsers", params(AccountQuery),
    security(("bearer" = [])), responses((status = 200, description = "A page.", body = PageView<AccountView>)))]
pub(crate) async fn list(api: web::Data<Api>, _: Operator, query: Query<AccountQuery>) -> Answer {
    let (email, query) = query.0.split()?;
    let binding = Binding::new("users").maybe(email.as_ref().map(|email| email.as_str()));
    let page = api.accounts.users(email.as_ref(), &query.request(&binding)?).await?;
    page::answer(&page, &binding, AccountView::of)
}

/// Read an account; for the operator.
#[utoipa::path(get, path = "/api/users/{user}", tag = "users", operation_id = "getUser",
    params(("user" = uuid::Uuid, Path), headers::IfNoneMatch), security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = AccountView)))]
pub(crate) async fn find(api: web::Data<Api>, _: Operator, At(user): At<UserId>, known: IfNoneMatch) -> Answer {
    let found = api.accounts.user(user).await?;
    let user = found.ok_or(ChangeError::NotFound).map_err(ApiError::of_user)?;
    reply::resource(&known, user.version, &AccountView::of(&user))
}

/// Disable an account, which ends its sessions and lets nobody sign in to it, or enable it again; for the operator.
#[utoipa::path(patch, path = "/api/users/{user}", tag = "users", operation_id = "changeUser",
    params(("user" = uuid::Uuid, Path), headers::IfMatch), request_body = AccountPatch, security(("bearer" = [])),
    responses((status = 200, description = "The account from now on.", body = AccountView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    _: Operator,
    At(user): At<UserId>,
    condition: IfMatch,
    origin: Origin,
    body: Body<AccountPatch>,
) -> Answer {
    let disabled = body.value.disabled()?;
    let change = async |expected| {
        let changed = api.accounts.set_disabled(user, disabled, expected, &origin.0).await;
        changed.map_err(ApiError::of_user)
    };
    let user = condition.change(change).await?;
    reply::tagged(user.version, &AccountView::of(&user))
}
