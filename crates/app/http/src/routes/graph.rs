use actix_web::web;
use tenon_graph::{GraphError, Scope, Subscription};
use tenon_kernel::{GraphSubscriptionId, NotificationId, Once};

use crate::Api;
use crate::cursor::Binding;
use crate::dto::graph::{
    CertificateView, NotificationDetail, NotificationView, NotificationsQuery, SubscriptionBody, SubscriptionView,
};
use crate::dto::{IdText, PageQuery, PageView, page};
use crate::error::ApiError;
use crate::extract::{At, Body, Caller, IfMatch, IfNoneMatch, Origin, Query, Repeatable, User};
use crate::openapi::headers;
use crate::reply::{self, Answer, Reply};

/// List the organization's subscriptions to changes in Microsoft Graph, oldest first; takes an admin.
#[utoipa::path(get, path = "/api/graph/subscriptions", tag = "graph", operation_id = "listGraphSubscriptions",
    params(PageQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<SubscriptionView>)))]
pub(crate) async fn list(api: web::Data<Api>, user: User, query: Query<PageQuery>) -> Answer {
    let binding = Binding::new("graph-subscriptions").with(user.0.organization.as_bytes());
    let page = api.subscriptions.list(&user.0, &query.0.request(&binding)?).await;
    page::answer(
        &page.map_err(ApiError::of_subscription)?,
        &binding,
        SubscriptionView::of,
    )
}

/// Subscribe to changes of a resource; takes an admin. Graph is asked right afterwards: see `state` and `problem`.
#[utoipa::path(post, path = "/api/graph/subscriptions", tag = "graph", operation_id = "createGraphSubscription",
    params(headers::IdempotencyKey), request_body = SubscriptionBody, security(("bearer" = [])),
    responses((status = 201, description = "The subscription.", body = SubscriptionView),
        (status = 409, description = "`graph_not_configured`")))]
pub(crate) async fn create(
    api: web::Data<Api>,
    user: User,
    once: Repeatable,
    origin: Origin,
    body: Body<SubscriptionBody>,
) -> Answer {
    let wanted = body.value.parse()?;
    let render = |made: &Subscription| {
        let location = format!("/api/graph/subscriptions/{}", made.id);
        Ok(Reply::created(location, &SubscriptionView::of(made))?.at(made.version))
    };
    let subscribe = async |once: Once<'_, Subscription>| {
        let made = api.subscriptions.subscribe(&user.0, wanted, once, &origin.0).await;
        made.map_err(ApiError::of_subscription)
    };
    once.create(&user.0, &body.raw, render, subscribe).await
}

/// Read a subscription; takes an admin.
#[utoipa::path(get, path = "/api/graph/subscriptions/{subscription}", tag = "graph",
    operation_id = "getGraphSubscription", params(("subscription" = uuid::Uuid, Path), headers::IfNoneMatch),
    security(("bearer" = [])),
    responses((status = 200, description = "The subscription.", body = SubscriptionView)))]
pub(crate) async fn find(
    api: web::Data<Api>,
    user: User,
    At(subscription): At<GraphSubscriptionId>,
    known: IfNoneMatch,
) -> Answer {
    let found = api.subscriptions.find(&user.0, subscription).await;
    let found = found.map_err(ApiError::of_subscription)?;
    reply::resource(&known, found.version, &SubscriptionView::of(&found))
}

/// End a subscription; takes an admin. It is listed as `deleting` until Graph has deleted it.
#[utoipa::path(delete, path = "/api/graph/subscriptions/{subscription}", tag = "graph",
    operation_id = "deleteGraphSubscription", params(("subscription" = uuid::Uuid, Path), headers::IfMatch),
    security(("bearer" = [])),
    responses((status = 204, description = "It is being deleted.")))]
pub(crate) async fn remove(
    api: web::Data<Api>,
    user: User,
    At(subscription): At<GraphSubscriptionId>,
    condition: IfMatch,
    origin: Origin,
) -> Answer {
    let end = async |expected| {
        let ended = api.subscriptions.end(&user.0, subscription, expected, &origin.0).await;
        ended.map_err(ApiError::of_subscription)
    };
    condition.change(end).await?;
    reply::no_content()
}

/// Have a subscription renewed now, or created if that did not work so far; takes an admin.
#[utoipa::path(post, path = "/api/graph/subscriptions/{subscription}/renew", tag = "graph",
    operation_id = "renewGraphSubscription", params(("subscription" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 202, description = "As it was; Graph is being asked.", body = SubscriptionView)))]
pub(crate) async fn renew(
    api: web::Data<Api>,
    user: User,
    At(subscription): At<GraphSubscriptionId>,
    origin: Origin,
) -> Answer {
    let found = api
        .subscriptions
        .ask_for_renewal(&user.0, subscription, &origin.0)
        .await;
    reply::accepted(&SubscriptionView::of(&found.map_err(ApiError::of_subscription)?))
}

/// Say that what was missed is read: takes `deltaSince` and `resyncSince` away; takes an admin.
#[utoipa::path(post, path = "/api/graph/subscriptions/{subscription}/synced", tag = "graph",
    operation_id = "markGraphSubscriptionSynced", params(("subscription" = uuid::Uuid, Path)),
    security(("bearer" = [])),
    responses((status = 200, description = "The subscription from now on.", body = SubscriptionView)))]
pub(crate) async fn synced(api: web::Data<Api>, user: User, At(subscription): At<GraphSubscriptionId>) -> Answer {
    let found = api.subscriptions.caught_up(&user.0, subscription).await;
    let found = found.map_err(ApiError::of_subscription)?;
    reply::tagged(found.version, &SubscriptionView::of(&found))
}

/// Make a new certificate for Graph to encrypt for, and renew the subscriptions with it; takes an admin. What was encrypted for the old one
/// still opens.
#[utoipa::path(post, path = "/api/graph/certificate/rotate", tag = "graph", operation_id = "rotateGraphCertificate",
    security(("bearer" = [])),
    responses((status = 202, description = "It is made; Graph is being told.", body = CertificateView),
        (status = 404, description = "`organization_not_found`")))]
pub(crate) async fn rotate_certificate(api: web::Data<Api>, user: User, origin: Origin) -> Answer {
    let id = api.subscriptions.rotate_certificate(&user.0, &origin.0).await;
    reply::accepted(&CertificateView {
        id: IdText::of(id.map_err(ApiError::of_subscription)?),
    })
}

/// List what Microsoft Graph told of, the latest first; takes an admin. The operator sees what is of no known subscription.
#[utoipa::path(get, path = "/api/graph/notifications", tag = "graph", operation_id = "listGraphNotifications",
    params(NotificationsQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<NotificationView>)))]
pub(crate) async fn notifications(api: web::Data<Api>, caller: Caller, query: Query<NotificationsQuery>) -> Answer {
    let scope = scope(&caller)?;
    let binding = Binding::new("graph-notifications");
    let binding = match scope {
        Scope::Of(organization) => binding.with(organization.as_bytes()),
        Scope::Nobodys => binding,
    };
    let (filter, page, binding) = query.0.request(binding)?;
    let page = api.intake.notifications(scope, filter, &page).await;
    page::answer(
        &page.map_err(ApiError::of_notification)?,
        &binding,
        NotificationView::of,
    )
}

/// Read a notification, with the resource if Graph sent it along; takes an admin.
#[utoipa::path(get, path = "/api/graph/notifications/{notification}", tag = "graph",
    operation_id = "getGraphNotification", params(("notification" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The notification.", body = NotificationDetail)))]
pub(crate) async fn notification(api: web::Data<Api>, caller: Caller, At(notification): At<NotificationId>) -> Answer {
    let found = api.intake.notification(scope(&caller)?, notification).await;
    let (found, content) = found.map_err(ApiError::of_notification)?;
    reply::ok(&NotificationDetail::of(&found, content.as_deref().map(Vec::as_slice)))
}

/// Have a notification in quarantine judged again; takes an admin.
#[utoipa::path(post, path = "/api/graph/notifications/{notification}/replay", tag = "graph",
    operation_id = "replayGraphNotification", params(("notification" = uuid::Uuid, Path)),
    security(("bearer" = [])),
    responses((status = 202, description = "As it was; it is being judged.", body = NotificationView),
        (status = 409, description = "`not_quarantined`, `notification_forgotten`")))]
pub(crate) async fn replay(api: web::Data<Api>, caller: Caller, At(notification): At<NotificationId>) -> Answer {
    let found = api.intake.ask_for_replay(scope(&caller)?, notification).await;
    reply::accepted(&NotificationView::of(&found.map_err(ApiError::of_notification)?))
}

fn scope(caller: &Caller) -> Result<Scope, ApiError> {
    match caller {
        Caller::Member(member) => {
            Scope::of_member(member).map_err(|error: GraphError| ApiError::of_notification(error))
        }
        Caller::Operator(_) => Ok(Scope::Nobodys),
    }
}
