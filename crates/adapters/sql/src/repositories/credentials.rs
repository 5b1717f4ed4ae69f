use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{
    CreateError, Created, CredentialId, Entry, Expected, OrganizationId, Page, PageRequest, Remembered, Sealed,
    Unavailable,
};
use tenon_vault::{Credential, CredentialKind, RemoveError, ReplaceError, Replacement};

use super::change::{change, remove};
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, audit};
use crate::fault::{Fault, reference_missing};
use crate::rows::{CredentialRow, SealedRow, sound};
use crate::schema::credentials;
use crate::types::{At, Key};

/// See the port.
pub struct Credentials(pub Database);

fn find(conn: &mut Conn, organization: OrganizationId, credential: CredentialId) -> QueryResult<Option<Credential>> {
    let row = credentials::table
        .find((Key(organization), Key(credential)))
        .select(CredentialRow::as_select())
        .first(conn)
        .optional()?;
    row.map(CredentialRow::into_credential).transpose()
}

#[async_trait]
impl tenon_vault::Credentials for Credentials {
    async fn create(
        &self,
        credential: &Credential,
        sealed: &Sealed,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError> {
        let (row, secret) = (CredentialRow::from(credential), SealedRow::from(sealed));
        let (remember, entry) = (remember.cloned(), entry.clone());
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            let inserted = diesel::insert_into(credentials::table)
                .values((&row, &secret))
                .execute(conn);
            reference_missing(inserted, CreateError::OrganizationGone)?;
            audit::append(conn, std::slice::from_ref(&entry))?;
            Ok(Created::Now(()))
        };
        self.0.write(work).await
    }

    async fn find(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<Credential>, Unavailable> {
        self.0.point(move |conn| find(conn, organization, credential)).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<CredentialId>,
    ) -> Result<Page<Credential, CredentialId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = credentials::table.filter(credentials::organization_id.eq(Key(organization)));
            let mut query = of_organization.into_boxed();
            if let Some(after) = request.after {
                query = query.filter(credentials::id.gt(Key(after)));
            }
            let rows = query
                .order(credentials::id)
                .limit(fetch(&request))
                .select(CredentialRow::as_select())
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, CredentialRow::into_credential, |credential| {
                credential.id
            })
        };
        self.0.read(read).await
    }

    async fn sealed(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<(CredentialKind, Sealed)>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row: Option<(String, SealedRow)> = credentials::table
                .find((Key(organization), Key(credential)))
                .select((credentials::kind, SealedRow::as_select()))
                .first(conn)
                .optional()?;
            row.map(|(kind, secret)| Ok((sound(kind.parse())?, secret.into_sealed())))
                .transpose()
        };
        self.0.point(read).await
    }

    async fn replace(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
        replacement: &Replacement,
        expected: Expected,
        entry: &Entry,
    ) -> Result<Credential, ReplaceError> {
        let (replacement, entry) = (replacement.clone(), entry.clone());
        let secret = SealedRow::from(&replacement.sealed);
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| find(conn, organization, credential);
            // A kind never changes, so it matters not when it is looked at.
            if find(conn)?.is_some_and(|found| found.kind != replacement.kind) {
                return Err(Fault::Refused(ReplaceError::OtherKind));
            }
            let replaced = change(
                conn,
                expected,
                find,
                |credential| credential.version,
                |conn, version| {
                    diesel::update(
                        credentials::table
                            .find((Key(organization), Key(credential)))
                            .filter(credentials::version.eq(version.get())),
                    )
                    .set((
                        credentials::name.eq(replacement.name.as_str()),
                        credentials::updated_at.eq(At(replacement.at)),
                        credentials::version.eq(version.next().get()),
                        &secret,
                    ))
                    .execute(conn)
                },
            );
            let replaced = replaced.map_err(|fault| fault.map(ReplaceError::Change))?;
            audit::append(conn, std::slice::from_ref(&entry))?;
            Ok(replaced)
        };
        self.0.write(work).await
    }

    async fn remove(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
        expected: Expected,
        entry: &Entry,
    ) -> Result<(), RemoveError> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| find(conn, organization, credential);
            let version = |credential: &Credential| credential.version;
            let removed = remove(conn, expected, find, version, |conn, version| {
                let target = credentials::table
                    .find((Key(organization), Key(credential)))
                    .filter(credentials::version.eq(version.get()));
                reference_missing(diesel::delete(target).execute(conn), RemoveError::InUse)
            })?;
            audit::append(conn, &[entry.clone().with("name", removed.name.as_str())])?;
            Ok(())
        };
        self.0.write(work).await
    }
}
