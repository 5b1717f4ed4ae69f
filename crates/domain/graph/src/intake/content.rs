//! Notifications that bring the resource with them: who vouches for them, and what is in them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tenon_kernel::{CredentialId, OrganizationId, Timestamp, Unavailable};
use zeroize::Zeroizing;

use super::Intake;
use crate::judging::{Facts, Identity, vouched};
use crate::{Certificate, EncryptedContent, Item, Known, Quarantine, StoredCertificate, TokenError, Verified};

/// What is known of the tokens of a batch, and of the certificates that its contents are encrypted for.
pub(super) struct Witness {
    identities: HashMap<CredentialId, Option<Identity>>,
    /// Nothing when one of them is not valid.
    verified: Option<Vec<Verified>>,
    /// By the id that the contents give; nothing for one that the organization does not have.
    certificates: HashMap<(OrganizationId, String), Option<Certificate>>,
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
        let items: Vec<_> = items
            .filter_map(|item| Some((facts.subscription(item).ok()?, item)))
            .collect();
        let mut identities = HashMap::new();
        for (known, _) in &items {
            if let Entry::Vacant(unknown) = identities.entry(known.credential) {
                unknown.insert(self.identity(known.organization, known.credential).await?);
            }
        }
        let clients: Vec<_> = identities
            .values()
            .flatten()
            .map(|app: &Identity| app.client.clone())
            .collect();
        let verified = match clients.as_slice() {
            [] => None,
            clients => self.verified(tokens, clients, received_at).await?,
        };
        let mut certificates = HashMap::new();
        for (known, content) in items
            .iter()
            .filter_map(|(known, item)| Some((known, item.content.as_ref()?)))
        {
            let key = (known.organization, content.certificate_id.clone());
            // Nobody looks at contents that no token vouches for.
            if let (Some(_), Entry::Vacant(unknown)) = (&verified, certificates.entry(key)) {
                unknown.insert(self.certificate(known.organization, &content.certificate_id).await?);
            }
        }
        Ok(Witness {
            identities,
            verified,
            certificates,
        })
    }

    /// For whom the tokens vouch; nothing when one of them is not valid.
    async fn verified(
        &self,
        tokens: &[String],
        clients: &[String],
        received_at: Timestamp,
    ) -> Result<Option<Vec<Verified>>, Unavailable> {
        // Tokens live for an hour or so, and may be looked at much later.
        match self.ports.tokens.verify(tokens, clients, received_at).await {
            Ok(verified) => Ok(Some(verified)),
            Err(TokenError::Forged(why)) => {
                tracing::warn!(why, "a validation token is not valid");
                Ok(None)
            }
            Err(TokenError::Unavailable(error)) => Err(error),
        }
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
    pub(super) fn check_content(&self, witness: &Witness, known: &Known, item: &Item) -> Result<(), Quarantine> {
        let identity = witness.identities.get(&known.credential).and_then(Option::as_ref);
        let identity = identity.ok_or(Quarantine::Credential)?;
        let verified = witness.verified.as_deref().ok_or(Quarantine::Token)?;
        vouched(verified, identity, item)?;
        let content = item.content.as_ref().ok_or(Quarantine::Content)?;
        let key = (known.organization, content.certificate_id.clone());
        let certificate = witness.certificates.get(&key).and_then(Option::as_ref);
        self.decrypt(certificate.ok_or(Quarantine::UnknownCertificate)?, content)
            .map(drop)
    }

    /// A certificate with its key; nothing when the organization has none such, or its key was changed.
    pub(super) async fn certificate(
        &self,
        organization: OrganizationId,
        id: &str,
    ) -> Result<Option<Certificate>, Unavailable> {
        let Ok(parsed) = id.parse() else { return Ok(None) };
        let Some(stored) = self.ports.certificates.find(organization, parsed).await? else {
            return Ok(None);
        };
        let slot = StoredCertificate::slot(organization, parsed);
        match self.ports.keyring.open(&stored.private_key, &slot) {
            Ok(private_key) => Ok(Some(Certificate {
                id: id.to_owned(),
                thumbprint: stored.thumbprint,
                private_key,
            })),
            Err(error) => error.later().map_or(Ok(None), Err),
        }
    }

    /// The resource in clear.
    pub(super) fn decrypt(
        &self,
        certificate: &Certificate,
        content: &EncryptedContent,
    ) -> Result<Zeroizing<Vec<u8>>, Quarantine> {
        self.ports.envelope.open(certificate, content).map_err(|error| {
            tracing::warn!(certificate = certificate.id, why = %error, "the content of a notification does not open");
            Quarantine::Content
        })
    }
}
