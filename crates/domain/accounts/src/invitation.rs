use tenon_kernel::{InvitationId, OrganizationId, Role, Timestamp, UserId};

use crate::{Email, OpaqueToken};

/// An open invitation: whoever holds its token and the address may join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Identifies the invitation; knowing it is not enough to join.
    pub id: InvitationId,
    /// Where to.
    pub organization: OrganizationId,
    /// The only address that may accept.
    pub email: Email,
    /// What the new member will be.
    pub role: Role,
    /// Who invited.
    pub invited_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Timestamp,
}

/// A new invitation with its token, which is shown this once and stored as a digest only.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What was made.
    pub invitation: Invitation,
    /// What the invited person needs.
    pub token: OpaqueToken,
}
