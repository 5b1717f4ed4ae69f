use std::fmt;
use std::str::FromStr;

use tenon_kernel::{CredentialId, Invalid, OrganizationId, Slot, Timestamp, UserId, Version, line};

use crate::Values;

/// What a credential is called: one line of 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialName(String);

impl CredentialName {
    /// # Errors
    ///
    /// As [`line`] says.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a credential consists of; it stays what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A text.
    Secret,
    /// An application of Microsoft's identity platform.
    MicrosoftGraph,
}

/// The text names no kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of credential")]
pub struct UnknownKind;

impl CredentialKind {
    /// The name in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::MicrosoftGraph => "microsoft-graph",
        }
    }
}

impl FromStr for CredentialKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        match text {
            "secret" => Ok(Self::Secret),
            "microsoft-graph" => Ok(Self::MicrosoftGraph),
            _ => Err(UnknownKind),
        }
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A credential without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub id: CredentialId,
    pub organization: OrganizationId,
    pub name: CredentialName,
    pub kind: CredentialKind,
    /// Counts replacements of the name or the secret. Wrapping a data key anew is none.
    pub version: Version,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: UserId,
}

impl Credential {
    /// Where the secret of a credential is kept.
    pub const fn slot(organization: OrganizationId, credential: CredentialId) -> Slot {
        Slot {
            organization: Some(organization),
            table: "credentials",
            column: "sealed",
            row: credential.uuid(),
        }
    }
}

/// A credential to be, or what one is to become.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: CredentialName,
    pub values: Values,
}
