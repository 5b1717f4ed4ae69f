use std::time::Duration;

use tenon_kernel::{Action, Author, Entry, Id, SubjectKind, Unavailable, Version};

use super::opening::{Home, founded, new_organization, signed_in};
use super::{Accounts, SignedIn};
use crate::{
    Device, DisplayName, Email, HashError, Opening, Organization, OrganizationName, Password, PasswordHash,
    RegisterError, Registration, User,
};

/// Who wants an account.
#[derive(Debug, Clone)]
pub struct Registering {
    /// What they will sign in with.
    pub email: Email,
    /// Their password.
    pub password: Password,
    /// What others will see.
    pub display_name: DisplayName,
    /// The name of their first organization; made from their own when not given.
    pub organization: Option<OrganizationName>,
    /// Where the request came from.
    pub device: Device,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterAccountError {
    /// An account has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Too many passwords are being hashed.
    #[error("too many sign-ins at once")]
    Busy(Duration),
    /// Something else did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An account and an organization to be.
struct Founding {
    user: User,
    password: PasswordHash,
    organization: Organization,
}

impl Accounts {
    /// Opens an account with an organization of its own and signs in.
    ///
    /// # Errors
    ///
    /// The password is hashed before the address is looked at, so that a taken address costs the same work.
    pub async fn register(&self, registering: Registering) -> Result<SignedIn, RegisterAccountError> {
        let device = registering.device.clone();
        let Founding {
            user,
            password,
            organization,
        } = self.founding(registering).await?;
        let session = self.new_session(user.id, organization.id, device, user.created_at);
        let token = self.ports.secrets.token()?;
        let refresh = self.ports.secrets.digest(&token);
        let author = Author::claimed(user.email.as_str(), Some(user.id), &session.device);
        let registration = Registration {
            entries: vec![
                registered(&user, author),
                signed_in(&session, &user.email),
                founded(&organization, Author::user(user.id, &session.device)),
            ],
            user,
            password,
            organization,
            session,
            refresh,
        };
        self.ports.users.register(&registration).await?;
        let Registration {
            user,
            organization,
            session,
            ..
        } = registration;
        tracing::info!(user = %user.id, organization = %organization.id, "registered");
        Ok(self.signed_in(user, Home::founded(organization, session.created_at), session, token)?)
    }

    /// Opens an account with an organization of its own for somebody else, who signs in later; for the operator.
    ///
    /// # Errors
    ///
    /// As [`RegisterAccountError`] says.
    pub async fn open_account(&self, registering: Registering) -> Result<User, RegisterAccountError> {
        let author = Author::operator(&registering.device);
        let Founding {
            user,
            password,
            organization,
        } = self.founding(registering).await?;
        let opening = Opening {
            entries: vec![
                registered(&user, author.clone()).with("email", user.email.as_str()),
                founded(&organization, author),
            ],
            user,
            password,
            organization,
        };
        self.ports.users.open(&opening).await?;
        tracing::info!(user = %opening.user.id, "the operator opened an account");
        Ok(opening.user)
    }

    async fn founding(&self, registering: Registering) -> Result<Founding, RegisterAccountError> {
        let password = self.ports.passwords.hash(registering.password.secret()).await?;
        let now = self.now();
        let user = User {
            id: Id::at(now),
            email: registering.email,
            display_name: registering.display_name,
            disabled_at: None,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        };
        let name = registering
            .organization
            .unwrap_or_else(|| OrganizationName::of_person(&user.display_name));
        Ok(Founding {
            user,
            password,
            organization: new_organization(name, now),
        })
    }
}

fn registered(user: &User, author: Author) -> Entry {
    Entry::new(user.created_at, author, Action::UserRegistered).about(SubjectKind::User, user.id)
}

impl From<HashError> for RegisterAccountError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy(wait) => Self::Busy(wait),
            HashError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<RegisterError> for RegisterAccountError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => Self::EmailTaken,
            RegisterError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
