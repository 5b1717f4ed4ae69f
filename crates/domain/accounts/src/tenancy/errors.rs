use tenon_kernel::{ChangeError, CreateError, Role, Unavailable, Version};

use crate::{MemberAddError, MemberChangeError};

/// Why a member may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The member's token is for another organization; to them, this one does not exist.
    #[error("no such organization")]
    OtherOrganization,
    /// It takes at least this role.
    #[error("it takes the role {0}")]
    Role(Role),
}

/// Why an organization was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationError {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none.
    #[error("no such organization")]
    NotFound,
    /// It has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<ChangeError> for OrganizationError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Stale(version) => Self::Stale(version),
            ChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<CreateError> for OrganizationError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OrganizationGone => Self::NotFound,
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Why a membership or an invitation was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The organization has no such member or invitation.
    #[error("not found")]
    NotFound,
    /// The membership has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The organization would be left without an owner.
    #[error("the organization needs an owner")]
    LastOwner,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<MemberChangeError> for MemberError {
    fn from(error: MemberChangeError) -> Self {
        match error {
            MemberChangeError::NotFound => Self::NotFound,
            MemberChangeError::Stale(version) => Self::Stale(version),
            MemberChangeError::LastOwner => Self::LastOwner,
            MemberChangeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<CreateError> for MemberError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::OrganizationGone => Self::Denied(Denied::OtherOrganization),
            CreateError::KeyReused => Self::KeyReused,
            CreateError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Why an invitation was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// No open invitation has this token.
    #[error("no such invitation")]
    NotFound,
    /// It is for another address than the user's.
    #[error("the invitation is for another address")]
    OtherAddress,
    /// The user belongs to the organization already.
    #[error("already a member")]
    AlreadyMember,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the operator did not change an organization or its members.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// There is no such organization.
    #[error("no such organization")]
    NoOrganization,
    /// Nobody has such an account.
    #[error("no such account")]
    NoAccount,
    /// The account is none of a member.
    #[error("the organization has no such member")]
    NoMember,
    /// The account is one of a member.
    #[error("the account is a member already: change its role instead")]
    AlreadyMember,
    /// The organization would be left without an owner.
    #[error("the organization needs an owner: make somebody else one first")]
    LastOwner,
    /// Somebody else changed it at that very moment.
    #[error("somebody else changed it meanwhile: look at it, and do this again")]
    Changed,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<OrganizationError> for AdministrationError {
    fn from(error: OrganizationError) -> Self {
        match error {
            OrganizationError::Denied(_) | OrganizationError::NotFound => Self::NoOrganization,
            OrganizationError::Stale(_) | OrganizationError::KeyReused => Self::Changed,
            OrganizationError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<MemberError> for AdministrationError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::Denied(_) | MemberError::NotFound => Self::NoMember,
            MemberError::Stale(_) | MemberError::KeyReused => Self::Changed,
            MemberError::LastOwner => Self::LastOwner,
            MemberError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<MemberAddError> for AdministrationError {
    fn from(error: MemberAddError) -> Self {
        match error {
            MemberAddError::NoOrganization => Self::NoOrganization,
            MemberAddError::AlreadyMember => Self::AlreadyMember,
            MemberAddError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
