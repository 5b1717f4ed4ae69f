use async_trait::async_trait;
use tenon_kernel::{Activity, ActivityId, OrganizationId, Page, PageRequest, Timestamp, Unavailable};

/// What happened in organizations, for as long as they exist.
#[async_trait]
pub trait Activities: Send + Sync {
    /// What happened in the organization, the latest first.
    ///
    /// - MUST cost the same at any depth.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<ActivityId>,
    ) -> Result<Page<Activity, ActivityId>, Unavailable>;
}

/// The activities that are stored and not yet told.
///
/// Whatever stores an activity with its effect puts it here in the same transaction.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Activities that this process has stored lately; waits until there are some. `None` when some could not be handed
    /// over and have to be looked for in the store.
    ///
    /// - MUST return them only after they are stored durably, and MUST NOT return one twice.
    /// - MUST return what one caller stored after the other in that order.
    async fn fresh(&self) -> Option<Vec<Activity>>;

    /// Activities that happened before `before` and are not told, whoever stored them, the oldest first, some hundreds at
    /// most. What is told from here may be told at the same time by whoever stored it.
    async fn untold(&self, before: Timestamp) -> Result<Vec<Activity>, Unavailable>;

    /// Strikes out what was told.
    async fn told(&self, activities: &[ActivityId]) -> Result<(), Unavailable>;
}
