use std::slice;

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_graph::{CertificateId, KeepError, StoredCertificate, SubscriptionState, Task};
use tenon_jobs::NewJob;
use tenon_kernel::{Entry, GraphSubscriptionId, OrganizationId, Unavailable};

use super::tasks::job;
use super::{Conn, Database, Jobs, audit};
use crate::fault::reference_missing;
use crate::rows::CertificateRow;
use crate::schema::{graph_certificates as table, graph_subscriptions as subscriptions};
use crate::types::Key;

/// See the port.
pub struct Certificates {
    database: Database,
    jobs: Jobs,
}

impl Certificates {
    pub fn new(database: Database, jobs: Jobs) -> Self {
        Self { database, jobs }
    }
}

#[async_trait]
impl tenon_graph::Certificates for Certificates {
    async fn latest(&self, organization: OrganizationId) -> Result<Option<StoredCertificate>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row: Option<CertificateRow> = table::table
                .filter(table::organization_id.eq(Key(organization)))
                .order(table::id.desc())
                .select(CertificateRow::as_select())
                .first(conn)
                .optional()?;
            Ok(row.map(CertificateRow::into_certificate))
        };
        self.database.read(read).await
    }

    async fn find(
        &self,
        organization: OrganizationId,
        id: CertificateId,
    ) -> Result<Option<StoredCertificate>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row: Option<CertificateRow> = table::table
                .find((Key(organization), Key(id)))
                .select(CertificateRow::as_select())
                .first(conn)
                .optional()?;
            Ok(row.map(CertificateRow::into_certificate))
        };
        self.database.read(read).await
    }

    async fn insert(&self, certificate: &StoredCertificate, asked: Option<&Entry>) -> Result<(), KeepError> {
        let (row, organization, now) = (
            CertificateRow::from(certificate),
            certificate.organization,
            certificate.created_at,
        );
        let asked = asked.cloned();
        let work = move |conn: &mut Conn, jobs: &mut Vec<NewJob>| {
            let inserted = diesel::insert_into(table::table).values(&row).execute(conn);
            reference_missing(inserted, KeepError::OrganizationGone)?;
            let Some(entry) = &asked else { return Ok(()) };
            let rich: Vec<Key<GraphSubscriptionId>> = subscriptions::table
                .filter(subscriptions::organization_id.eq(Key(organization)))
                .filter(subscriptions::is_rich.eq(true))
                .filter(subscriptions::state.eq(SubscriptionState::Active.as_str()))
                .select(subscriptions::id)
                .load(conn)?;
            for Key(subscription) in rich {
                jobs.push(job(Task::Renew(organization, subscription), now)?);
            }
            Ok(audit::append(conn, slice::from_ref(entry))?)
        };
        self.jobs.write(work).await
    }
}
