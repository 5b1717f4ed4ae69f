//! Notifications that bring the resource with them: who vouches for them, and what is in them.

use std::collections::HashMap;

use tenon_kernel::{CredentialId, InvalidId, OpenError, OrganizationId, Timestamp, Unavailable};
use zeroize::Zeroizing;

use super::Intake;
use crate::judging::{Facts, Identity, vouched};
use crate::{Certificate, EncryptedContent, Item, Known, Quarantine, StoredCertificate, TokenError, Verified};

/// Why a notification with its resource is not believed now.
pub(super) enum Doubt {
    Quarantine(Quarantine),
    Unavailable(Unavailable),
}

impl From<Unavailable> for Doubt {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// What is known of the tokens of a batch.
pub(super) struct Witness {
    identities: HashMap<CredentialId, Option<Identity>>,
    /// Nothing when one of them is not valid.
    verified: Option<Vec<Verified>>,
}

impl Intake {
    /// Finds out for whom the tokens vouch, given the apps that the items are for.
    pub(super) async fn witness<'a>(
        &self,
        facts: &Facts,
        tokens: &[String],
        items: impl Iterator<Item = &'a Item>,
        received_at: Timestamp,
    ) -> Result<Witness, Unavailable> {
        let mut identities: HashMap<CredentialId, Option<Identity>> = HashMap::new();
        let mut apps: Vec<_> = items.filter_map(|item| facts.subscription(item).ok()).collect();
        apps.sort_by_key(|known| known.credential);
        apps.dedup_by_key(|known| known.credential);
        for known in apps {
            let identity = self.identity(known.organization, known.credential).await?;
            identities.insert(known.credential, identity);
        }
        let clients: Vec<_> = identities.values().flatten().map(|app| app.client.clone()).collect();
        if clients.is_empty() {
            let verified = None;
            return Ok(Witness { identities, verified });
        }
        // Tokens live for an hour or so, and may be looked at much later.
        let verified = match self.ports.tokens.verify(tokens, &clients, received_at).await {
            Ok(verified) => Some(verified),
            Err(TokenError::Forged(why)) => {
                tracing::warn!(why, "a validation token is not valid");
                None
            }
            Err(TokenError::Unavailable(error)) => return Err(error),
        };
        Ok(Witness { identities, verified })
    }

    async fn identity(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Option<Identity>, Unavailable> {
        let app = self.ports.apps.app(organization, credential).await?;
        Ok(app.map(|app| Identity {
            client: app.client,
            tenant: app.tenant,
        }))
    }

    /// Whether an item's tokens vouch for it and its content opens.
    pub(super) async fn check_content(&self, witness: &Witness, known: &Known, item: &Item) -> Result<(), Doubt> {
        let missing = Doubt::Quarantine(Quarantine::Credential);
        let identity = witness
            .identities
            .get(&known.credential)
            .and_then(Option::as_ref)
            .ok_or(missing)?;
        let verified = witness
            .verified
            .as_deref()
            .ok_or(Doubt::Quarantine(Quarantine::Token))?;
        vouched(verified, identity, item).map_err(Doubt::Quarantine)?;
        let content = item.content.as_ref().ok_or(Doubt::Quarantine(Quarantine::Content))?;
        self.decrypt(known.organization, content).await.map(drop)
    }

    /// The resource in clear.
    pub(super) async fn decrypt(
        &self,
        organization: OrganizationId,
        content: &EncryptedContent,
    ) -> Result<Zeroizing<Vec<u8>>, Doubt> {
        let unknown = || Doubt::Quarantine(Quarantine::UnknownCertificate);
        let id = content.certificate_id.parse().map_err(|_: InvalidId| unknown())?;
        let stored = self
            .ports
            .certificates
            .find(organization, id)
            .await?
            .ok_or_else(unknown)?;
        let slot = StoredCertificate::slot(organization, id);
        let private_key = match self.ports.keyring.open(&stored.private_key, &slot) {
            Ok(private_key) => private_key,
            Err(OpenError::Forged) => return Err(unknown()),
            Err(error @ OpenError::UnknownKey(_)) => return Err(Unavailable::new("the encryption keys", error).into()),
            Err(OpenError::Unavailable(error)) => return Err(error.into()),
        };
        let certificate = Certificate {
            id: content.certificate_id.clone(),
            thumbprint: stored.thumbprint,
            private_key,
        };
        self.ports.envelope.open(&certificate, content).map_err(|error| {
            tracing::warn!(%organization, why = %error, "the content of a notification does not open");
            Doubt::Quarantine(Quarantine::Content)
        })
    }
}
