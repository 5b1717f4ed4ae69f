use actix_web::web;
use tenon_kernel::UserId;

use crate::Api;
use crate::cursor::Binding;
use crate::dto::conversations::{ConversationQuery, ConversationView, KeptMessageView, ReadBody};
use crate::dto::messages::UpToView;
use crate::dto::{PageView, page};
use crate::extract::{At, Body, Query, User};
use crate::reply::{self, Answer};

/// List whom one has exchanged messages with, the one with the latest message first.
#[utoipa::path(get, path = "/api/conversations", tag = "messages", operation_id = "listConversations",
    params(ConversationQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<ConversationView>)))]
pub(crate) async fn list(api: web::Data<Api>, user: User, query: Query<ConversationQuery>) -> Answer {
    let (device, query) = query.0.split()?;
    let binding = Binding::new("conversations")
        .with(user.0.organization.as_bytes())
        .with(user.0.user.as_bytes());
    let request = query.request(&binding)?;
    let page = api
        .messages
        .conversations(&user.0, device.unwrap_or_default(), &request)
        .await?;
    page::answer(&page, &binding, ConversationView::of)
}

/// List the messages that one has exchanged with somebody, the latest first.
#[utoipa::path(get, path = "/api/conversations/{user}/messages", tag = "messages", operation_id = "listMessages",
    params(("user" = uuid::Uuid, Path), ConversationQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<KeptMessageView>)))]
pub(crate) async fn messages(
    api: web::Data<Api>,
    user: User,
    At(peer): At<UserId>,
    query: Query<ConversationQuery>,
) -> Answer {
    let (device, query) = query.0.split()?;
    let binding = Binding::new("messages")
        .with(user.0.organization.as_bytes())
        .with(user.0.user.as_bytes())
        .with(peer.as_bytes())
        .maybe(device.map(|device| device.get().to_be_bytes()));
    let page = api
        .messages
        .history(&user.0, peer, device, &query.request(&binding)?)
        .await?;
    page::answer(&page, &binding, KeptMessageView::of)
}

/// Say that one has read what somebody sent, up to a place in the mailbox. The sender is told, unless one wants otherwise.
#[utoipa::path(post, path = "/api/conversations/{user}/read", tag = "messages", operation_id = "markRead",
    params(("user" = uuid::Uuid, Path)), request_body = ReadBody, security(("bearer" = [])),
    responses((status = 200, description = "Up to where it is read.", body = UpToView)))]
pub(crate) async fn mark_read(api: web::Data<Api>, user: User, At(peer): At<UserId>, body: Body<ReadBody>) -> Answer {
    let up_to = api.messages.mark_read(&user.0, peer, body.value.parse()?).await?;
    reply::ok(&UpToView::of(up_to))
}
