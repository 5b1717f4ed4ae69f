use actix_web::web;

use crate::Api;
use crate::dto::auth::{ChangePassword, Credentials, Login, Refresh, Register, Switch};
use crate::dto::tokens::{AccessView, LoginView, OperatorView, SignedInView};
use crate::extract::{Body, Caller, Origin, User};
use crate::reply::{self, Answer, Reply};

/// Open an account with an organization of its own, and sign in.
///
/// Takes no `Idempotency-Key`: the answer has tokens, which are not kept.
#[utoipa::path(post, path = "/api/auth/register", tag = "auth", operation_id = "register", request_body = Register,
    responses((status = 201, description = "Signed in.", body = SignedInView),
        (status = 409, description = "`email_taken`"), (status = 503, description = "`busy`, `unavailable`, `timeout`")))]
pub(crate) async fn register(api: web::Data<Api>, origin: Origin, body: Body<Register>) -> Answer {
    let signed_in = api.accounts.register(body.value.registering(origin.0)?).await?;
    Ok(Reply::created("/api/auth/me".to_owned(), &SignedInView::of(&signed_in))?.into_response())
}

/// Sign in: a person with address and password, the operator with a password alone.
///
/// Takes no `Idempotency-Key`: the answer has tokens, which are not kept.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", operation_id = "login", request_body = Login,
    responses((status = 200, description = "Signed in.", body = LoginView),
        (status = 401, description = "`invalid_credentials`"), (status = 403, description = "`account_disabled`"),
        (status = 429, description = "`rate_limited`, `login_backoff`"),
        (status = 503, description = "`busy`, `unavailable`, `timeout`")))]
pub(crate) async fn login(api: web::Data<Api>, origin: Origin, body: Body<Login>) -> Answer {
    let Credentials { email, password } = body.value.credentials()?;
    match email {
        Some(email) => {
            let signed_in = api.accounts.login(&email, &password, origin.0).await?;
            reply::ok(&SignedInView::of(&signed_in))
        }
        None => reply::ok(&OperatorView::of(
            &api.accounts.login_operator(&password, &origin.0).await?,
        )),
    }
}

/// Exchange a refresh token for a new pair of tokens.
///
/// A lost answer can be asked for again for a few seconds; later, a token used twice ends its session.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", operation_id = "refresh", request_body = Refresh,
    responses((status = 200, description = "A new pair.", body = SignedInView),
        (status = 401, description = "`refresh_token_invalid`, `refresh_token_reused`")))]
pub(crate) async fn refresh(api: web::Data<Api>, origin: Origin, body: Body<Refresh>) -> Answer {
    let signed_in = api.accounts.refresh(&body.value.token()?, origin.0).await?;
    reply::ok(&SignedInView::of(&signed_in))
}

/// End the session that the token is of.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", operation_id = "logout", security(("bearer" = [])),
    responses((status = 204, description = "The session has ended.")))]
pub(crate) async fn logout(api: web::Data<Api>, caller: Caller, origin: Origin) -> Answer {
    api.accounts.logout(&caller.actor(), &origin.0).await?;
    reply::no_content()
}

/// Go on in another organization, with an access token for it.
#[utoipa::path(post, path = "/api/auth/switch", tag = "auth", operation_id = "switchOrganization",
    request_body = Switch, security(("bearer" = [])),
    responses((status = 200, description = "An access token for the organization.", body = AccessView),
        (status = 404, description = "`organization_not_found`")))]
pub(crate) async fn switch(api: web::Data<Api>, user: User, body: Body<Switch>) -> Answer {
    let access = api.accounts.switch(&user.0, body.value.organization()?).await?;
    reply::ok(&AccessView::of(&access))
}

/// Change the password. Every other session of the user ends.
#[utoipa::path(post, path = "/api/auth/change-password", tag = "auth", operation_id = "changePassword",
    request_body = ChangePassword, security(("bearer" = [])),
    responses((status = 204, description = "Changed."),
        (status = 403, description = "`wrong_password`, `organization_required`, `api_key_refused`"),
        (status = 429, description = "`rate_limited`, `login_backoff`"),
        (status = 503, description = "`busy`, `unavailable`, `timeout`")))]
pub(crate) async fn change_password(
    api: web::Data<Api>,
    user: User,
    origin: Origin,
    body: Body<ChangePassword>,
) -> Answer {
    let (current, new) = body.value.passwords()?;
    api.accounts.change_password(&user.0, &current, new, &origin.0).await?;
    reply::no_content()
}
