use std::sync::Arc;

use tenon_kernel::{
    Action, Author, Clock, Created, CredentialId, Device, Entry, Expected, Id, Journal, Keyring, Member, Once,
    OrganizationId, Page, PageRequest, Role, SubjectKind, Timestamp, Unavailable, Version,
};

use crate::opened::Opened;
use crate::{Credential, CredentialError, Credentials, Draft, OpenCredentialError, Replacement, Values};

/// Keeps the credentials of organizations. It takes an admin to see that there are any; what is secret of them nobody is shown.
#[derive(Clone)]
pub struct Vault {
    credentials: Arc<dyn Credentials>,
    keyring: Arc<dyn Keyring>,
    journal: Arc<dyn Journal>,
    opened: Arc<Opened>,
    clock: Arc<dyn Clock>,
}

impl Vault {
    /// A service over these ports.
    pub fn new(
        credentials: Arc<dyn Credentials>,
        keyring: Arc<dyn Keyring>,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            credentials,
            keyring,
            journal,
            opened: Arc::default(),
            clock,
        }
    }

    /// Keeps a credential; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`CredentialError`] says.
    pub async fn create(
        &self,
        member: &Member,
        draft: &Draft,
        once: Once<'_, Credential>,
        device: &Device,
    ) -> Result<Created<Credential>, CredentialError> {
        require_admin(member)?;
        let now = self.clock.now();
        let credential = Credential {
            id: Id::at(now),
            organization: member.organization,
            name: draft.name.clone(),
            kind: draft.values.kind(),
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            created_by: member.user,
        };
        let slot = Credential::slot(credential.organization, credential.id);
        let sealed = self.keyring.seal(&draft.values.text(), &slot)?;
        let remember = once.remember(&credential, now)?;
        let entry = entry(member, credential.id, Action::CredentialCreated, now, device)
            .with("name", credential.name.as_str())
            .with("kind", credential.kind.as_str());
        let credentials = &self.credentials;
        let created = credentials.create(&credential, &sealed, remember.as_ref(), &entry);
        Ok(match created.await? {
            Created::Now(()) => Created::Now(credential),
            Created::Before(answer) => Created::Before(answer),
        })
    }

    /// The credentials of the member's organization; takes an admin.
    ///
    /// # Errors
    ///
    /// [`CredentialError::Role`].
    pub async fn list(
        &self,
        member: &Member,
        page: &PageRequest<CredentialId>,
    ) -> Result<Page<Credential, CredentialId>, CredentialError> {
        require_admin(member)?;
        Ok(self.credentials.list(member.organization, page).await?)
    }

    /// The credentials of an organization; for the operator.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn list_of(
        &self,
        organization: OrganizationId,
        page: &PageRequest<CredentialId>,
    ) -> Result<Page<Credential, CredentialId>, Unavailable> {
        self.credentials.list(organization, page).await
    }

    /// One credential; takes an admin.
    ///
    /// # Errors
    ///
    /// [`CredentialError::Role`], [`CredentialError::NotFound`].
    pub async fn find(&self, member: &Member, credential: CredentialId) -> Result<Credential, CredentialError> {
        require_admin(member)?;
        let found = self.credentials.find(member.organization, credential).await?;
        found.ok_or(CredentialError::NotFound)
    }

    /// Gives a credential another name and another secret of the same kind; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`CredentialError`] says.
    pub async fn replace(
        &self,
        member: &Member,
        credential: CredentialId,
        draft: &Draft,
        expected: Expected,
        device: &Device,
    ) -> Result<Credential, CredentialError> {
        require_admin(member)?;
        let slot = Credential::slot(member.organization, credential);
        let replacement = Replacement {
            name: draft.name.clone(),
            kind: draft.values.kind(),
            sealed: self.keyring.seal(&draft.values.text(), &slot)?,
            at: self.clock.now(),
        };
        let entry = entry(member, credential, Action::CredentialReplaced, replacement.at, device)
            .with("name", replacement.name.as_str());
        let replaced = self
            .credentials
            .replace(member.organization, credential, &replacement, expected, &entry);
        Ok(replaced.await?)
    }

    /// Removes a credential that nothing works with; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`CredentialError`] says.
    pub async fn remove(
        &self,
        member: &Member,
        credential: CredentialId,
        expected: Expected,
        device: &Device,
    ) -> Result<(), CredentialError> {
        require_admin(member)?;
        let entry = entry(member, credential, Action::CredentialDeleted, self.clock.now(), device);
        Ok(self
            .credentials
            .remove(member.organization, credential, expected, &entry)
            .await?)
    }

    /// What is secret of a credential, for whatever works with it on behalf of the organization. Never for an answer. The audit log
    /// is told first, once an hour as long as it is opened again and again.
    ///
    /// # Errors
    ///
    /// As [`OpenCredentialError`] says.
    pub async fn open(
        &self,
        organization: OrganizationId,
        credential: CredentialId,
    ) -> Result<Values, OpenCredentialError> {
        let found = self.credentials.sealed(organization, credential).await?;
        let (kind, sealed) = found.ok_or(OpenCredentialError::NotFound)?;
        self.tell_of_opening(organization, credential).await?;
        let text = self
            .keyring
            .open(&sealed, &Credential::slot(organization, credential))?;
        Values::read(kind, &text).ok_or(OpenCredentialError::Unsound)
    }

    async fn tell_of_opening(&self, organization: OrganizationId, credential: CredentialId) -> Result<(), Unavailable> {
        let now = self.clock.now();
        if self.opened.is_told(credential, now) {
            return Ok(());
        }
        let entry = Entry::new(now, Author::system(), Action::CredentialOpened)
            .of(organization)
            .about(SubjectKind::Credential, credential);
        self.journal.enter(&entry).await?;
        self.opened.told(credential, now);
        Ok(())
    }
}

fn entry(member: &Member, credential: CredentialId, action: Action, at: Timestamp, device: &Device) -> Entry {
    Entry::new(at, Author::member(member, device), action)
        .of(member.organization)
        .about(SubjectKind::Credential, credential)
}

fn require_admin(member: &Member) -> Result<(), CredentialError> {
    if member.role < Role::Admin {
        return Err(CredentialError::Role(Role::Admin));
    }
    Ok(())
}
