use actix_web::web;
use tenon_accounts::IssuedKey;
use tenon_kernel::{ApiKeyId, Once, OrganizationId};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::api_keys::{ApiKeyView, IssuedKeyView, NewApiKey};
use crate::dto::{PageQuery, PageView, page};
use crate::extract::{At, Body, Origin, Query, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the API keys of the organization, the newest first, without their tokens; takes an admin.
#[utoipa::path(get, path = "/api/orgs/{organization}/api-keys", tag = "apiKeys", operation_id = "listApiKeys",
    params(("organization" = uuid::Uuid, Path), PageQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<ApiKeyView>)))]
pub(crate) async fn list(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    query: Query<PageQuery>,
) -> Answer {
    let binding = Binding::new("api keys").with(organization.as_bytes());
    let request = query.0.request(&binding)?;
    let page = api.access.list(&user.0, organization, &request).await?;
    page::answer(&page, &binding, ApiKeyView::of)
}

/// Make an API key; takes an admin, in whose name it will act. Its token is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/orgs/{organization}/api-keys", tag = "apiKeys", operation_id = "createApiKey",
    params(("organization" = uuid::Uuid, Path), headers::IdempotencyKey), request_body = NewApiKey,
    security(("bearer" = [])),
    responses((status = 201, description = "The API key with its token.", body = IssuedKeyView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    once: Repeatable,
    origin: Origin,
    body: Body<NewApiKey>,
) -> Answer {
    let draft = body.value.draft()?;
    let render = |issued: &IssuedKey| {
        let location = format!("/api/orgs/{organization}/api-keys/{}", issued.key.id);
        Reply::created(location, &IssuedKeyView::of(issued))
    };
    let create = async |once: Once<'_, IssuedKey>| {
        let created = api.access.create(&user.0, organization, draft, once, &origin.0);
        Ok(created.await?)
    };
    once.create(&user.0, &body.raw, render, create).await
}

/// Read an API key without its token; takes an admin.
#[utoipa::path(get, path = "/api/orgs/{organization}/api-keys/{key}", tag = "apiKeys", operation_id = "getApiKey",
    params(("organization" = uuid::Uuid, Path), ("key" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The API key.", body = ApiKeyView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: User,
    At((organization, key)): At<(OrganizationId, ApiKeyId)>,
) -> Answer {
    let key = api.access.find(&user.0, organization, key).await?;
    reply::ok(&ApiKeyView::of(&key))
}

/// Revoke an API key; takes an admin. Needs no `If-Match`: revoking must not fail on a lost race. This instance refuses the key at
/// once, others within five seconds.
#[utoipa::path(delete, path = "/api/orgs/{organization}/api-keys/{key}", tag = "apiKeys",
    operation_id = "deleteApiKey", params(("organization" = uuid::Uuid, Path), ("key" = uuid::Uuid, Path)),
    security(("bearer" = [])), responses((status = 204, description = "Its token is worth nothing any more.")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At((organization, key)): At<(OrganizationId, ApiKeyId)>,
    origin: Origin,
) -> Answer {
    api.access.revoke(&user.0, organization, key, &origin.0).await?;
    reply::no_content()
}
