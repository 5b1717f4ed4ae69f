use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenon_graph::{ChangeTypes, NewSubscription, Notification, NotificationFilter, Resource, Subscription};
use tenon_kernel::{NotificationId, PageRequest};
use utoipa::{IntoParams, ToSchema};

use super::{Check, IdText, PageQuery, Stamp, id};
use crate::cursor::Binding;
use crate::error::ApiError;

/// What to be told of by Microsoft Graph.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SubscriptionBody {
    /// A credential of the kind `microsoft-graph`.
    #[schema(required = true, nullable = false, value_type = Uuid)]
    credential_id: Option<String>,
    /// A path of Graph, without a slash in front.
    #[schema(
        required = true,
        nullable = false,
        example = "users/ada@example.com/messages",
        min_length = 1,
        max_length = 1000
    )]
    resource: Option<String>,
    /// `created`, `updated`, `deleted`.
    #[schema(required = true, nullable = false, min_items = 1)]
    change_types: Option<Vec<String>>,
    /// Whether notifications are to bring the resource with them, encrypted.
    #[schema(default = false)]
    include_resource_data: Option<bool>,
}

impl SubscriptionBody {
    pub fn parse(self) -> Result<NewSubscription, ApiError> {
        let mut check = Check::body();
        let credential = check.required("credentialId", self.credential_id, id);
        let resource = check.required("resource", self.resource, |text| Resource::parse(&text));
        let changes = check.required("changeTypes", self.change_types, |names| {
            ChangeTypes::parse(names.iter().map(String::as_str))
        });
        check.finish(|| {
            Some(NewSubscription {
                credential: credential?,
                resource: resource?,
                changes: changes?,
                is_rich: self.include_resource_data.unwrap_or_default(),
            })
        })
    }
}

/// A subscription to changes in Microsoft Graph.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    credential_id: IdText,
    resource: &'a str,
    change_types: Vec<&'static str>,
    include_resource_data: bool,
    /// `creating` until Graph has it, `active`, `deleting` until Graph has it no longer.
    #[schema(example = "active")]
    state: &'static str,
    /// Graph's id, once it gave one.
    #[schema(required = true)]
    remote_id: Option<&'a str>,
    /// When Graph ends it unless it is renewed, which happens well before.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Stamp>,
    /// What last went wrong at Graph.
    #[schema(required = true)]
    problem: Option<&'a str>,
    /// Since when changes may have been missed: when Graph last confirmed what it has lost; read them with a delta query, then say `synced`.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    delta_since: Option<Stamp>,
    /// Since when changes were lost; read everything anew, then say `synced`.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    resync_since: Option<Stamp>,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> SubscriptionView<'a> {
    pub fn of(subscription: &'a Subscription) -> Self {
        Self {
            id: IdText::of(subscription.id),
            credential_id: IdText::of(subscription.credential),
            resource: subscription.resource.as_str(),
            change_types: subscription.changes.names().collect(),
            include_resource_data: subscription.is_rich,
            state: subscription.state.as_str(),
            remote_id: subscription.remote.as_ref().map(|id| id.0.as_str()),
            expires_at: subscription.expires_at.map(Stamp),
            problem: subscription.problem.as_deref(),
            delta_since: subscription.delta_since.map(Stamp),
            resync_since: subscription.resync_since.map(Stamp),
            version: subscription.version.get(),
            created_at: Stamp(subscription.created_at),
            updated_at: Stamp(subscription.updated_at),
        }
    }
}

/// The certificate that Graph is to encrypt for.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateView {
    #[schema(value_type = Uuid)]
    pub id: IdText,
}

/// The parameters of the listing of notifications.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationsQuery {
    /// Only those that were `processed`, or `quarantined`.
    #[param(pattern = "^(processed|quarantined)$")]
    state: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

impl NotificationsQuery {
    pub fn request(
        self,
        binding: Binding,
    ) -> Result<(NotificationFilter, PageRequest<NotificationId>, Binding), ApiError> {
        let mut check = Check::query();
        let filter = check.optional("state", self.state.as_deref(), NotificationFilter::parse);
        check.finish(|| Some(()))?;
        let binding = binding.with(self.state.unwrap_or_default().as_bytes());
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
            count: self.count,
        };
        let page = page.request(&binding)?;
        Ok((filter.unwrap_or_default(), page, binding))
    }
}

/// What Microsoft Graph told of.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    /// `null` when no subscription is known.
    #[schema(required = true, value_type = Option<Uuid>)]
    subscription_id: Option<IdText>,
    /// `processed` or `quarantined`.
    #[schema(example = "processed")]
    state: &'static str,
    /// Why it is in quarantine: `malformed`, `unknown_subscription`, `client_state`, `validation_token`, `tenant`, `unknown_certificate`,
    /// `encrypted_content` or `credential`.
    #[schema(required = true)]
    reason: Option<&'static str>,
    /// `created`, `updated`, `deleted`, `reauthorizationRequired`, `subscriptionRemoved`, `missed` or `other`.
    #[schema(example = "updated")]
    change: &'static str,
    resource: &'a str,
    /// Whether the resource came with it, encrypted.
    has_resource_data: bool,
    #[schema(value_type = String, format = DateTime)]
    received_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    settled_at: Stamp,
}

impl<'a> NotificationView<'a> {
    pub fn of(notification: &'a Notification) -> Self {
        Self {
            id: IdText::of(notification.id),
            subscription_id: notification.subscription.map(IdText::of),
            state: notification.state.as_str(),
            reason: notification.state.reason().map(|reason| reason.as_str()),
            change: notification.change.as_str(),
            resource: &notification.resource,
            has_resource_data: notification.is_rich,
            received_at: Stamp(notification.received_at),
            settled_at: Stamp(notification.settled_at),
        }
    }
}

/// A notification and what it brought.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationDetail<'a> {
    #[serde(flatten)]
    notification: NotificationView<'a>,
    /// The resource in clear, if it came, is believed, and is kept still.
    #[schema(required = true, value_type = Option<serde_json::Value>)]
    resource_data: Option<Box<RawValue>>,
}

impl<'a> NotificationDetail<'a> {
    pub fn of(notification: &'a Notification, content: Option<&[u8]>) -> Self {
        Self {
            notification: NotificationView::of(notification),
            resource_data: content.and_then(|content| serde_json::from_slice(content).ok()),
        }
    }
}
