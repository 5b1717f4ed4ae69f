use async_trait::async_trait;
use secrecy::SecretString;
use tenon_graph::{App, AppSecret, Apps};
use tenon_kernel::{CredentialId, OrganizationId, Unavailable};
use tenon_vault::{GraphApp, GraphProof, OpenCredentialError, Values, Vault};

/// The apps among the credentials of the vault.
pub(super) struct VaultApps(pub(super) Vault);

#[async_trait]
impl Apps for VaultApps {
    async fn app(&self, organization: OrganizationId, credential: CredentialId) -> Result<Option<App>, Unavailable> {
        match self.0.open(organization, credential).await {
            Ok(Values::MicrosoftGraph(app)) => Ok(Some(known_to_graph(app))),
            Ok(Values::Secret(_)) => Ok(None),
            Err(OpenCredentialError::NotFound | OpenCredentialError::Unsound) => Ok(None),
            Err(OpenCredentialError::Sealed(error)) => error.later().map_or(Ok(None), Err),
            Err(OpenCredentialError::Unavailable(error)) => Err(error),
        }
    }
}

fn known_to_graph(app: GraphApp) -> App {
    let secret = match app.proof {
        GraphProof::Secret(text) => AppSecret::Secret(SecretString::clone(text.secret())),
        GraphProof::Certificate {
            certificate,
            private_key,
        } => AppSecret::Certificate {
            certificate: certificate.der().to_vec(),
            private_key: private_key.der(),
        },
    };
    App {
        tenant: app.directory.as_str().to_owned(),
        client: app.client.to_string(),
        secret,
    }
}
