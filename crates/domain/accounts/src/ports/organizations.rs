use async_trait::async_trait;
use tenon_kernel::{
    ChangeError, CreateError, Created, Device, Entry, Expected, InvitationId, OrganizationId, Page, PageRequest,
    Remembered, Role, Timestamp, Unavailable, UserId, Version,
};

use crate::{Email, Invitation, Membership, NamedMember, Organization, OrganizationName, Revocation, TokenDigest};

/// Tenants.
#[async_trait]
pub trait Organizations: Send + Sync {
    /// Stores an organization with `owner` as its owner.
    ///
    /// - MUST store both, the entry and what is to be remembered, or nothing.
    /// - MUST return the kept answer instead when the request was remembered before.
    async fn create(
        &self,
        organization: &Organization,
        owner: UserId,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError>;

    /// Stores an organization with `owner` as its owner, and the entry, unless they are a member of any. Says whether it did.
    ///
    /// - MUST store one alone when several are founded for the same owner at once.
    async fn found(&self, organization: &Organization, owner: UserId, entry: &Entry) -> Result<bool, Unavailable>;

    /// The organization.
    async fn find(&self, organization: OrganizationId) -> Result<Option<Organization>, Unavailable>;

    /// Every organization of the installation, in order of creation.
    async fn list(&self, page: &PageRequest<OrganizationId>)
    -> Result<Page<Organization, OrganizationId>, Unavailable>;

    /// Changes the name and counts the version up, at the time of the entry; nothing when the version is not the expected one.
    ///
    /// - MUST store the activity and the entry too, or nothing. The entry says what the name was and what it is.
    async fn rename(
        &self,
        organization: OrganizationId,
        name: &OrganizationName,
        expected: Expected,
        entry: &Entry,
    ) -> Result<Organization, ChangeError>;

    /// Deletes the organization and all that belongs to it, and writes and returns a revocation for each of its members.
    ///
    /// - MUST delete all of it and store the entry, or nothing, and nothing when the version is not the expected one.
    async fn delete(
        &self,
        organization: OrganizationId,
        expected: Expected,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Vec<Revocation>, ChangeError>;
}

/// Why a membership was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberChangeError {
    /// The user is no member of the organization.
    #[error("no such member")]
    NotFound,
    /// The membership has this version by now.
    #[error("the version is {0:?} by now")]
    Stale(Version),
    /// The organization would be left without an owner.
    #[error("the organization needs an owner")]
    LastOwner,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nobody became a member.
#[derive(Debug, thiserror::Error)]
pub enum MemberAddError {
    /// There is no such organization.
    #[error("no such organization")]
    NoOrganization,
    /// The user belongs to it already.
    #[error("already a member")]
    AlreadyMember,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Who belongs to which organization.
#[async_trait]
pub trait Members: Send + Sync {
    /// The membership that a sign-in of the user is for: in `preferred` if they belong to it, else in the organization they
    /// last switched to, else in the oldest. `None` for a user who belongs to none.
    async fn home(&self, user: UserId, preferred: Option<OrganizationId>) -> Result<Option<Membership>, Unavailable>;

    /// The organizations that the user belongs to, in order of their creation.
    async fn of_user(
        &self,
        user: UserId,
        page: &PageRequest<OrganizationId>,
    ) -> Result<Page<Membership, OrganizationId>, Unavailable>;

    /// The members of the organization, in order of their registration.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<UserId>,
    ) -> Result<Page<NamedMember, UserId>, Unavailable>;

    /// One member.
    async fn find(&self, organization: OrganizationId, user: UserId) -> Result<Option<NamedMember>, Unavailable>;

    /// Makes the user a member, at the time of the entry, and writes the activity and the entry, whose author is whoever does it.
    ///
    /// - MUST do all of it or nothing, and nothing for a user who is a member, also when two additions race.
    /// - MUST withdraw an invitation of their address, with an entry: its link would give another role once they are removed.
    async fn add(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        entry: &Entry,
    ) -> Result<NamedMember, MemberAddError>;

    /// Changes a role, counts the version up and writes the revocation, the activity and the entry, whose author is whoever does it.
    ///
    /// - MUST do all of it or nothing, and nothing when the version is not the expected one.
    /// - MUST refuse to take the role from the last owner, also when two owners demote each other at once.
    async fn change_role(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        expected: Expected,
        revocation: &Revocation,
        entry: &Entry,
    ) -> Result<NamedMember, MemberChangeError>;

    /// Ends a membership and writes the revocation, the activity and the entry. The same MUSTs as for a change of role.
    ///
    /// - MUST withdraw an invitation of their address, with an entry.
    async fn remove(
        &self,
        organization: OrganizationId,
        user: UserId,
        expected: Expected,
        revocation: &Revocation,
        entry: &Entry,
    ) -> Result<(), MemberChangeError>;
}

/// An invitation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// What was offered to whom.
    pub invitation: Invitation,
    /// Of its token.
    pub token: TokenDigest,
}

/// Somebody takes up an invitation.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Of the presented token.
    pub token: TokenDigest,
    /// Who accepts.
    pub user: UserId,
    /// Their address.
    pub email: Email,
    /// From where.
    pub device: Device,
    /// When.
    pub at: Timestamp,
}

/// What became of an acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// The user is a member now, and the invitation is used up.
    Joined(Membership),
    /// The user was a member before; the invitation stays as it is.
    AlreadyMember,
    /// The invitation is for another address; it stays as it is.
    OtherAddress,
    /// No open invitation has this token.
    NotFound,
}

/// Open invitations.
#[async_trait]
pub trait Invitations: Send + Sync {
    /// Stores an invitation; one to the same address of the same organization is replaced.
    ///
    /// - MUST store it, the entry and what is to be remembered, or nothing.
    async fn create(
        &self,
        row: &InvitationRow,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, CreateError>;

    /// The organization's invitations that are open at `now`, oldest first.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<InvitationId>,
        now: Timestamp,
    ) -> Result<Page<Invitation, InvitationId>, Unavailable>;

    /// Withdraws an open invitation of the organization, with the entry; says whether there was one.
    async fn withdraw(
        &self,
        organization: OrganizationId,
        invitation: InvitationId,
        entry: &Entry,
    ) -> Result<bool, Unavailable>;

    /// Makes the user a member and uses the invitation up.
    ///
    /// - MUST do both and store the activity and the entries of it, or nothing, and let an invitation be accepted once, also when two acceptances race.
    async fn accept(&self, acceptance: &Acceptance) -> Result<Accepted, Unavailable>;
}
