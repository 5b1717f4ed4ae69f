use actix_web::web;
use tenon_kernel::{CredentialId, Once};
use tenon_vault::Credential;

use crate::Api;
use crate::cursor::Binding;
use crate::dto::credentials::{CredentialBody, CredentialView};
use crate::dto::{PageQuery, PageView, page};
use crate::extract::{At, Body, IfMatch, IfNoneMatch, Origin, Query, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the credentials of the organization, in order of creation, without what is secret; takes an admin.
#[utoipa::path(get, path = "/api/credentials", tag = "credentials", operation_id = "listCredentials", params(PageQuery),
    security(("bearer" = [])), responses((status = 200, description = "A page.", body = PageView<CredentialView>)))]
pub(crate) async fn list(api: web::Data<Api>, user: User, query: Query<PageQuery>) -> Answer {
    let binding = Binding::new("credentials").with(user.0.organization.as_bytes());
    let page = api.vault.list(&user.0, &query.0.request(&binding)?).await?;
    page::answer(&page, &binding, CredentialView::of)
}

/// Keep a credential, sealed; takes an admin. What is secret of it is never answered again.
#[utoipa::path(post, path = "/api/credentials", tag = "credentials", operation_id = "createCredential",
    params(headers::IdempotencyKey), request_body = CredentialBody, security(("bearer" = [])),
    responses((status = 201, description = "The credential.", body = CredentialView)))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    once: Repeatable,
    origin: Origin,
    body: Body<CredentialBody>,
) -> Answer {
    let draft = body.value.draft()?;
    let render = |credential: &Credential| {
        let location = format!("/api/credentials/{}", credential.id);
        Ok(Reply::created(location, &CredentialView::of(credential))?.at(credential.version))
    };
    let create = async |once: Once<'_, Credential>| Ok(api.vault.create(&user.0, &draft, once, &origin.0).await?);
    once.create(&user.0, &body.raw, render, create).await
}

/// Read a credential without what is secret; takes an admin.
#[utoipa::path(get, path = "/api/credentials/{credential}", tag = "credentials", operation_id = "getCredential",
    params(("credential" = uuid::Uuid, Path), headers::IfNoneMatch), security(("bearer" = [])),
    responses((status = 200, description = "The credential.", body = CredentialView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: User,
    At(credential): At<CredentialId>,
    known: IfNoneMatch,
) -> Answer {
    let credential = api.vault.find(&user.0, credential).await?;
    reply::resource(&known, credential.version, &CredentialView::of(&credential))
}

/// Give a credential another name and another secret of the same kind; takes an admin.
#[utoipa::path(put, path = "/api/credentials/{credential}", tag = "credentials", operation_id = "replaceCredential",
    params(("credential" = uuid::Uuid, Path), headers::IfMatch), request_body = CredentialBody,
    security(("bearer" = [])), responses((status = 200, description = "The credential from now on.", body = CredentialView)))]
pub(crate) async fn replace(
    api: web::Data<Api>,
    user: User,
    At(credential): At<CredentialId>,
    condition: IfMatch,
    origin: Origin,
    body: Body<CredentialBody>,
) -> Answer {
    let draft = body.value.draft()?;
    let replace = async |expected| {
        let replaced = api.vault.replace(&user.0, credential, &draft, expected, &origin.0);
        Ok(replaced.await?)
    };
    let credential = condition.change(replace).await?;
    reply::tagged(credential.version, &CredentialView::of(&credential))
}

/// Delete a credential that nothing works with; takes an admin.
#[utoipa::path(delete, path = "/api/credentials/{credential}", tag = "credentials", operation_id = "deleteCredential",
    params(("credential" = uuid::Uuid, Path), headers::IfMatch), security(("bearer" = [])),
    responses((status = 204, description = "It is gone."), (status = 409, description = "`credential_in_use`")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At(credential): At<CredentialId>,
    condition: IfMatch,
    origin: Origin,
) -> Answer {
    let remove = async |expected| Ok(api.vault.remove(&user.0, credential, expected, &origin.0).await?);
    condition.change(remove).await?;
    reply::no_content()
}
