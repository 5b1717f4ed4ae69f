//! What the audit log is told. Whoever changes something that it tells of hands the entry to the port that makes the change.

mod action;
mod author;

use async_trait::async_trait;

pub use action::{Action, UnknownAction};
pub use author::{Author, AuthorKind};

use crate::{Id, OrganizationId, Timestamp, Unavailable};

#[doc(hidden)]
#[derive(Debug)]
pub enum EntryTag {}

/// An entry of the audit log; [`Id::time`] tells when it was.
pub type EntryId = Id<EntryTag>;

/// Something that the audit log keeps for good.
///
/// It says who did what to what and from where. It never holds a secret, a token or a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Identifies it and tells when it was.
    pub id: EntryId,
    /// Whose log it is part of; that of the installation where it is no organization's matter.
    pub organization: Option<OrganizationId>,
    pub author: Author,
    pub action: Action,
    /// To what it was done.
    pub subject: Option<Subject>,
    /// What else there is to know, by names in camel case.
    pub details: Vec<(&'static str, Detail)>,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    /// The id as it is written everywhere else.
    pub id: String,
}

/// What kind of thing something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    User,
    Session,
    Organization,
    Invitation,
    Credential,
    /// To changes in Microsoft Graph.
    Subscription,
    /// Of an organization, for Microsoft Graph to encrypt for.
    Certificate,
    /// A master key, by its name.
    Key,
    Job,
    ApiKey,
}

/// The value of a detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    Text(String),
    Number(i64),
}

/// Takes entries of what no other change goes with: a wrong password, say.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Adds an entry to the end of its chain.
    ///
    /// - MUST be durable before it returns.
    async fn enter(&self, entry: &Entry) -> Result<(), Unavailable>;
}

impl Entry {
    /// An entry of the installation's log.
    pub fn new(at: Timestamp, author: Author, action: Action) -> Self {
        Self {
            id: Id::at(at),
            organization: None,
            author,
            action,
            subject: None,
            details: Vec::new(),
        }
    }

    /// The same in the log of an organization.
    #[must_use]
    pub fn of(self, organization: OrganizationId) -> Self {
        let organization = Some(organization);
        Self { organization, ..self }
    }

    /// The same with what it was done to.
    #[must_use]
    pub fn about(self, kind: SubjectKind, id: impl ToString) -> Self {
        let id = id.to_string();
        Self {
            subject: Some(Subject { kind, id }),
            ..self
        }
    }

    /// The same with something else to know.
    #[must_use]
    pub fn with(mut self, name: &'static str, detail: impl Into<Detail>) -> Self {
        self.details.push((name, detail.into()));
        self
    }
}

impl SubjectKind {
    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::Invitation => "invitation",
            Self::Credential => "credential",
            Self::Subscription => "subscription",
            Self::Certificate => "certificate",
            Self::Key => "key",
            Self::Job => "job",
            Self::ApiKey => "apiKey",
        }
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Detail {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
