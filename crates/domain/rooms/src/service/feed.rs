use std::sync::Arc;

use tenon_kernel::{Activity, ActivityId, OrganizationId, Page, PageRequest, Principal};

use crate::{Activities, ReadActivityError};

/// Shows the members of an organization what happened in it.
#[derive(Clone)]
pub struct Feed {
    activities: Arc<dyn Activities>,
}

impl Feed {
    /// A service over this port.
    pub fn new(activities: Arc<dyn Activities>) -> Self {
        Self { activities }
    }

    /// What happened in the organization, the latest first.
    ///
    /// # Errors
    ///
    /// [`ReadActivityError::UnknownOrganization`] for any other.
    pub async fn list(
        &self,
        by: &Principal,
        organization: OrganizationId,
        page: &PageRequest<ActivityId>,
    ) -> Result<Page<Activity, ActivityId>, ReadActivityError> {
        if by.organization != organization {
            return Err(ReadActivityError::UnknownOrganization);
        }
        Ok(self.activities.list(organization, page).await?)
    }
}
