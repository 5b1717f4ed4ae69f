use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Activity, ActivityId, OrganizationId, Page, PageRequest, Unavailable};

use super::pages::{fetch, page, total};
use super::{Conn, Database};
use crate::rows::ActivityRow;
use crate::schema::activities;
use crate::types::Key;

/// See the port.
pub struct Activities(pub Database);

#[async_trait]
impl tenon_rooms::Activities for Activities {
    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<ActivityId>,
    ) -> Result<Page<Activity, ActivityId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = activities::table.filter(activities::organization_id.eq(Key(organization)));
            let mut query = of_organization.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(activities::id.lt(Key(after)));
            }
            let rows: Vec<ActivityRow> = query
                .order(activities::id.desc())
                .limit(fetch(&request))
                .select((
                    activities::id,
                    activities::organization_id.nullable(),
                    activities::by_id,
                    activities::about,
                    activities::verb,
                    activities::api_key_id,
                ))
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, ActivityRow::into_activity, |activity| {
                activity.id
            })
        };
        self.0.read(read).await
    }
}
