use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tenon_kernel::Invalid;
use tenon_vault::{
    ClientId, Credential, CredentialKind, CredentialName, Directory, Draft, GraphApp, GraphProof, Pem, SecretText,
    Values,
};
use utoipa::ToSchema;

use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// A credential to be, or what one is to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialBody {
    #[schema(
        required = true,
        nullable = false,
        example = "Mail of the plant",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
    /// `secret` or `microsoft-graph`.
    #[schema(required = true, nullable = false, value_type = CredentialKindName)]
    kind: Option<String>,
    /// What is secret, by the kind.
    #[schema(required = true, nullable = false)]
    values: Option<CredentialValues>,
}

/// What is secret: `value` alone of a `secret`; of `microsoft-graph` `tenantId`, `clientId` and either `clientSecret` or
/// `certificate` and `privateKey`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct CredentialValues {
    /// A text of 1 to 16,384 bytes.
    #[schema(value_type = Option<String>, format = Password)]
    value: Option<SecretString>,
    /// The directory: a UUID, or a domain name in lower case.
    #[schema(example = "contoso.onmicrosoft.com")]
    tenant_id: Option<String>,
    /// The application (client) id.
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<String>,
    /// A client secret of the application.
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
    /// A certificate of the application, in PEM.
    #[schema(value_type = Option<String>)]
    certificate: Option<SecretString>,
    /// Its key, in PEM of PKCS #8.
    #[schema(value_type = Option<String>, format = Password)]
    private_key: Option<SecretString>,
}

/// What a credential consists of.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes the values of a string")]
pub(crate) enum CredentialKindName {
    Secret,
    MicrosoftGraph,
}

impl CredentialBody {
    pub fn draft(self) -> Result<Draft, ApiError> {
        let mut check = Check::body();
        let name = check.required("name", self.name, |text| CredentialName::parse(&text));
        let kind = check.required("kind", self.kind, |text| {
            let unknown = |_| Invalid::new("unknown_kind", "Must be secret or microsoft-graph.");
            text.parse().map_err(unknown)
        });
        let values = check.required("values", self.values, Ok);
        let values = values
            .zip(kind)
            .and_then(|(values, kind)| values.parse(kind, &mut check));
        check.finish(|| {
            Some(Draft {
                name: name?,
                values: values?,
            })
        })
    }
}

impl CredentialValues {
    fn parse(self, kind: CredentialKind, check: &mut Check) -> Option<Values> {
        match kind {
            CredentialKind::Secret => self.secret(check).map(Values::Secret),
            CredentialKind::MicrosoftGraph => self.app(check).map(Values::MicrosoftGraph),
        }
    }

    fn secret(self, check: &mut Check) -> Option<SecretText> {
        foreign(check, "values.tenantId", self.tenant_id.is_some());
        foreign(check, "values.clientId", self.client_id.is_some());
        foreign(check, "values.clientSecret", self.client_secret.is_some());
        foreign(check, "values.certificate", self.certificate.is_some());
        foreign(check, "values.privateKey", self.private_key.is_some());
        check.required("values.value", self.value, SecretText::parse)
    }

    fn app(self, check: &mut Check) -> Option<GraphApp> {
        foreign(check, "values.value", self.value.is_some());
        let directory = check.required("values.tenantId", self.tenant_id, |text| Directory::parse(&text));
        let client = check.required("values.clientId", self.client_id, |text| ClientId::parse(&text));
        let proof = match (self.client_secret, self.certificate, self.private_key) {
            (None, None, None) => {
                let message = "Must be there, or else `certificate` and `privateKey`.";
                check.note("values.clientSecret", Err(Invalid::new("required", message)))
            }
            (Some(secret), None, None) => check
                .required("values.clientSecret", Some(secret), SecretText::parse)
                .map(GraphProof::Secret),
            (secret, certificate, key) => {
                foreign(check, "values.clientSecret", secret.is_some());
                let certificate = check.required("values.certificate", certificate, Pem::certificate);
                let private_key = check.required("values.privateKey", key, Pem::private_key);
                certificate
                    .zip(private_key)
                    .map(|(certificate, private_key)| GraphProof::Certificate {
                        certificate,
                        private_key,
                    })
            }
        };
        Some(GraphApp {
            directory: directory?,
            client: client?,
            proof: proof?,
        })
    }
}

/// Refuses a value that the others leave no room for.
fn foreign(check: &mut Check, field: &'static str, is_there: bool) {
    if is_there {
        let message = "Does not belong to a credential of this kind with these values.";
        check.note::<()>(field, Err(Invalid::new("not_expected", message)));
    }
}

/// A credential without what is secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    name: &'a str,
    #[schema(value_type = CredentialKindName)]
    kind: &'static str,
    #[schema(value_type = Uuid)]
    created_by: IdText,
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> CredentialView<'a> {
    pub fn of(credential: &'a Credential) -> Self {
        Self {
            id: IdText::of(credential.id),
            organization_id: IdText::of(credential.organization),
            name: credential.name.as_str(),
            kind: credential.kind.as_str(),
            created_by: IdText::of(credential.created_by),
            version: credential.version.get(),
            created_at: Stamp(credential.created_at),
            updated_at: Stamp(credential.updated_at),
        }
    }
}
