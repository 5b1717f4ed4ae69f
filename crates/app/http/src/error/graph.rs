use tenon_graph::GraphError;

use super::*;

impl ApiError {
    /// What [`GraphError`] means for a subscription.
    pub(crate) fn of_subscription(error: GraphError) -> Self {
        Self::of_graph(error, &GRAPH_SUBSCRIPTION_NOT_FOUND)
    }

    /// What [`GraphError`] means for a notification.
    pub(crate) fn of_notification(error: GraphError) -> Self {
        Self::of_graph(error, &NOTIFICATION_NOT_FOUND)
    }

    fn of_graph(error: GraphError, missing: &'static Kind) -> Self {
        match error {
            GraphError::Denied => Self::new(&INSUFFICIENT_ROLE).detail("It takes the role admin."),
            GraphError::NotFound => Self::new(missing),
            GraphError::Stale(version) => Self::stale(version),
            GraphError::UnknownCredential => Self::field(
                "credentialId",
                Invalid::new(
                    "unknown_credential",
                    "Must be a credential of the kind microsoft-graph.",
                ),
            ),
            GraphError::OrganizationGone => Self::new(&ORGANIZATION_NOT_FOUND),
            GraphError::NotConfigured => Self::new(&GRAPH_NOT_CONFIGURED),
            GraphError::NotQuarantined => Self::new(&NOT_QUARANTINED),
            GraphError::Forgotten => Self::new(&NOTIFICATION_FORGOTTEN),
            GraphError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            GraphError::Unavailable(error) => error.into(),
        }
    }
}
