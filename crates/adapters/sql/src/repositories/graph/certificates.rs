use async_trait::async_trait;
use diesel::prelude::*;
use tenon_graph::{AppRecord, CertificateId, StoredCertificate, Task};
use tenon_kernel::{CredentialId, GraphSubscriptionId, OrganizationId, Unavailable};

use super::tasks::leave;
use super::{Conn, Database, Jobs, waking};
use crate::rows::{CertificateRow, sealed};
use crate::schema::{credentials, graph_certificates as table, graph_subscriptions as subscriptions};
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

/// The kind of a credential that is an app's.
pub const APP: &str = "microsoft-graph";

#[async_trait]
impl tenon_graph::Certificates for Certificates {
    async fn app(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<AppRecord>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let found: Option<(String, Vec<u8>, Vec<u8>)> = credentials::table
                .find((Key(organization), Key(credential)))
                .filter(credentials::kind.eq(APP))
                .select((credentials::key_id, credentials::wrapped, credentials::sealed))
                .first(conn)
                .optional()?;
            Ok(found.map(|(key, wrapped, text)| AppRecord {
                organization,
                credential,
                sealed: sealed(key, wrapped, text),
            }))
        };
        self.database.read(read).await
    }

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

    async fn insert(&self, certificate: &StoredCertificate, renew: bool) -> Result<(), Unavailable> {
        let (row, organization, now) = (
            CertificateRow::from(certificate),
            certificate.organization,
            certificate.created_at,
        );
        let work = move |conn: &mut Conn| {
            diesel::insert_into(table::table).values(&row).execute(conn)?;
            if !renew {
                return Ok(());
            }
            let rich: Vec<Key<GraphSubscriptionId>> = subscriptions::table
                .filter(subscriptions::organization_id.eq(Key(organization)))
                .filter(subscriptions::is_rich.eq(true))
                .filter(subscriptions::state.eq("active"))
                .select(subscriptions::id)
                .load(conn)?;
            for Key(subscription) in rich {
                leave(conn, Task::Renew(organization, subscription), now)?;
            }
            Ok(())
        };
        waking(&self.jobs, self.database.write(work)).await
    }
}
