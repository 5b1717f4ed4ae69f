use secrecy::SecretString;
use serde::Deserialize;
use tenon_kernel::{CredentialId, OrganizationId, Sealed, Slot};
use zeroize::Zeroizing;

use crate::{App, AppSecret};

/// A credential of an organization as it is kept.
#[derive(Debug, Clone)]
pub struct AppRecord {
    pub organization: OrganizationId,
    pub credential: CredentialId,
    pub sealed: Sealed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    tenant_id: String,
    client_id: String,
    client_secret: Option<String>,
    certificate: Option<String>,
    private_key: Option<String>,
}

impl AppRecord {
    pub(crate) const fn slot(&self) -> Slot {
        Slot {
            organization: Some(self.organization),
            table: "credentials",
            column: "sealed",
            row: self.credential.uuid(),
        }
    }
}

/// Reads the values of a credential; nothing when they are not those of an app.
pub(crate) fn app(values: &[u8]) -> Option<App> {
    let values: Values = serde_json::from_slice(values).ok()?;
    let secret = match (values.client_secret, values.certificate, values.private_key) {
        (Some(secret), _, _) => AppSecret::Secret(SecretString::from(secret)),
        (None, Some(certificate), Some(private_key)) => AppSecret::Certificate {
            certificate: certificate.into_bytes(),
            private_key: Zeroizing::new(private_key.into_bytes()),
        },
        _ => return None,
    };
    Some(App {
        tenant: values.tenant_id,
        client: values.client_id,
        secret,
    })
}
