use actix_web::web;
use tenon_kernel::OrganizationId;

use crate::Api;
use crate::dto::messages::{AcknowledgeBody, MailQuery, MailView, NewMessage, SentView, UpToView};
use crate::dto::retention::{PurgedView, RetentionBody, RetentionView, SettingsBody, SettingsView};
use crate::extract::{At, Body, IfMatch, IfNoneMatch, Query, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// Send a message, which the server cannot read. Once it is answered, it is kept; sending the same `clientId` again answers the
/// same and sends nothing.
#[utoipa::path(post, path = "/api/messages", tag = "messages", operation_id = "sendMessage", request_body = NewMessage,
    security(("bearer" = [])), responses((status = 201, description = "It is kept.", body = SentView),
        (status = 404, description = "`member_not_found`, `device_not_found`"),
        (status = 422, description = "`client_id_reused`"), (status = 507, description = "`recipient_full`")))]
pub(crate) async fn send(api: web::Data<Api>, user: User, body: Body<NewMessage>) -> Answer {
    let sent = api.messages.send(&user.0, &body.value.parse()?).await?;
    let location = format!("/api/messages?after={}", sent.seq.get().saturating_sub(1));
    Ok(Reply::created(location, &SentView::of(&sent))?.into_response())
}

/// Read what waits in the mailbox, in order. It stays there until it is acknowledged; a socket brings it as it comes. Copies of
/// what the same session sent are left out: the cursor goes past them, and a page may have few items, or none, before more follow.
#[utoipa::path(get, path = "/api/messages", tag = "messages", operation_id = "listMail", params(MailQuery),
    security(("bearer" = [])), responses((status = 200, description = "What waits.", body = MailView),
        (status = 404, description = "`device_not_found`")))]
pub(crate) async fn list(api: web::Data<Api>, user: User, query: Query<MailQuery>) -> Answer {
    let (device, after, limit) = query.0.parse()?;
    let cursor = api.messages.cursor(&user.0, device).await?;
    let mut reading = api
        .messages
        .after(&user.0, device, after.unwrap_or(cursor), limit)
        .await?;
    reading.entries.retain(|entry| !entry.is_copy_for(user.0.session));
    reply::ok(&MailView::of(&reading.entries, reading.reached))
}

/// Acknowledge everything up to a place in the mailbox. What is not there yet is not acknowledged.
#[utoipa::path(post, path = "/api/messages/ack", tag = "messages", operation_id = "acknowledgeMail",
    request_body = AcknowledgeBody, security(("bearer" = [])),
    responses((status = 200, description = "Up to where it is acknowledged.", body = UpToView),
        (status = 404, description = "`device_not_found`")))]
pub(crate) async fn acknowledge(api: web::Data<Api>, user: User, body: Body<AcknowledgeBody>) -> Answer {
    let (device, up_to) = body.value.parse()?;
    let up_to = api.messages.acknowledge(&user.0, device, up_to).await?;
    reply::ok(&UpToView::of(up_to))
}

/// Read what one wants of one's messages.
#[utoipa::path(get, path = "/api/users/me/message-settings", tag = "messages", operation_id = "getMessageSettings",
    security(("bearer" = [])), responses((status = 200, description = "The settings.", body = SettingsView)))]
pub(crate) async fn settings(api: web::Data<Api>, user: User) -> Answer {
    reply::ok(&SettingsView::of(api.messages.settings(&user.0).await?))
}

/// Say what one wants of one's messages.
#[utoipa::path(put, path = "/api/users/me/message-settings", tag = "messages", operation_id = "setMessageSettings",
    request_body = SettingsBody, security(("bearer" = [])),
    responses((status = 200, description = "The settings from now on.", body = SettingsView)))]
pub(crate) async fn set_settings(api: web::Data<Api>, user: User, body: Body<SettingsBody>) -> Answer {
    let settings = body.value.parse()?;
    api.messages.set_settings(&user.0, settings).await?;
    reply::ok(&SettingsView::of(settings))
}

/// Read how long the organization keeps messages.
#[utoipa::path(get, path = "/api/orgs/{organization}/message-retention", tag = "messages",
    operation_id = "getMessageRetention", params(("organization" = uuid::Uuid, Path), headers::IfNoneMatch),
    security(("bearer" = [])), responses((status = 200, description = "The policy.", body = RetentionView)))]
pub(crate) async fn retention(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    known: IfNoneMatch,
) -> Answer {
    let retention = api.messages.retention(&user.0, organization).await?;
    reply::resource(&known, retention.version, &RetentionView::of(&retention))
}

/// Say how long the organization keeps messages; takes an admin. What is kept no longer goes within minutes.
#[utoipa::path(put, path = "/api/orgs/{organization}/message-retention", tag = "messages",
    operation_id = "setMessageRetention", params(("organization" = uuid::Uuid, Path), headers::IfMatch),
    request_body = RetentionBody, security(("bearer" = [])),
    responses((status = 200, description = "The policy from now on.", body = RetentionView)))]
pub(crate) async fn set_retention(
    api: web::Data<Api>,
    user: User,
    At(organization): At<OrganizationId>,
    condition: IfMatch,
    body: Body<RetentionBody>,
) -> Answer {
    let policy = body.value.parse()?;
    let change = async |expected| {
        let changed = api
            .messages
            .set_retention(&user.0, organization, policy, expected)
            .await;
        Ok(changed?)
    };
    let retention = condition.change(change).await?;
    reply::tagged(retention.version, &RetentionView::of(&retention))
}

/// Delete what the organization keeps no longer, now; takes an admin.
#[utoipa::path(post, path = "/api/orgs/{organization}/messages/purge", tag = "messages", operation_id = "purgeMessages",
    params(("organization" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "How many went.", body = PurgedView)))]
pub(crate) async fn purge(api: web::Data<Api>, user: User, At(organization): At<OrganizationId>) -> Answer {
    let purged = api.messages.purge(&user.0, organization).await?;
    reply::ok(&PurgedView { purged })
}
