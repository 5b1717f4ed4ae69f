use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{ApiKey, KeyUse, TokenDigest};
use tenon_kernel::{ApiKeyId, CreateError, Created, Entry, OrganizationId, Page, PageRequest, Remembered, Unavailable};

use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, audit};
use crate::fault::reference_missing;
use crate::rows::ApiKeyRow;
use crate::schema::api_keys;
use crate::types::{At, Key};

/// See the port.
pub struct ApiKeys(pub Database);

#[async_trait]
impl tenon_accounts::ApiKeys for ApiKeys {
    async fn create(
        &self,
        key: &ApiKey,
        token: &TokenDigest,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError> {
        let (row, token) = (ApiKeyRow::from(key), *token);
        let (remember, entry) = (remember.cloned(), entry.clone());
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            let inserted = diesel::insert_into(api_keys::table)
                .values((&row, api_keys::token_digest.eq(token.0.as_slice())))
                .execute(conn);
            reference_missing(inserted, CreateError::OrganizationGone)?;
            audit::append(conn, std::slice::from_ref(&entry))?;
            Ok(Created::Now(()))
        };
        self.0.write(work).await
    }

    async fn find(&self, organization: OrganizationId, key: ApiKeyId) -> Result<Option<ApiKey>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row = api_keys::table
                .find((Key(organization), Key(key)))
                .select(ApiKeyRow::as_select())
                .first(conn)
                .optional()?;
            row.map(ApiKeyRow::into_key).transpose()
        };
        self.0.point(read).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<ApiKeyId>,
    ) -> Result<Page<ApiKey, ApiKeyId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = api_keys::table.filter(api_keys::organization_id.eq(Key(organization)));
            let mut query = of_organization.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(api_keys::id.lt(Key(after)));
            }
            let rows = query
                .order(api_keys::id.desc())
                .limit(fetch(&request))
                .select(ApiKeyRow::as_select())
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, ApiKeyRow::into_key, |key| key.id)
        };
        self.0.read(read).await
    }

    async fn remove(&self, organization: OrganizationId, key: ApiKeyId, entry: &Entry) -> Result<bool, Unavailable> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            let removed = diesel::delete(api_keys::table.find((Key(organization), Key(key)))).execute(conn)? == 1;
            if removed {
                audit::append(conn, std::slice::from_ref(&entry))?;
            }
            Ok(removed)
        };
        self.0.write(work).await
    }

    async fn by_token(&self, token: &TokenDigest) -> Result<Option<ApiKey>, Unavailable> {
        let token = *token;
        let read = move |conn: &mut Conn| {
            let row = api_keys::table
                .filter(api_keys::token_digest.eq(token.0.as_slice()))
                .select(ApiKeyRow::as_select())
                .first(conn)
                .optional()?;
            row.map(ApiKeyRow::into_key).transpose()
        };
        self.0.point(read).await
    }

    async fn used(&self, uses: &[KeyUse]) -> Result<(), Unavailable> {
        let mut uses = uses.to_vec();
        // Two instances that note the same keys take their rows in the same order.
        uses.sort_by_key(|used| used.key);
        let work = move |conn: &mut Conn| {
            for used in &uses {
                let at = At(used.at);
                let earlier = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at));
                let key = api_keys::table.find((Key(used.organization), Key(used.key)));
                diesel::update(key.filter(earlier))
                    .set(api_keys::last_used_at.eq(at))
                    .execute(conn)?;
            }
            Ok(())
        };
        self.0.write(work).await
    }
}
