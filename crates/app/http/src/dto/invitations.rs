use serde::{Deserialize, Serialize};
use tenon_accounts::{Email, Invitation, Invited, Membership, OpaqueToken};
use tenon_kernel::Role;
use utoipa::ToSchema;

use super::members::{RoleName, role};
use super::organizations::OrganizationView;
use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// Whom to invite, and as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    #[schema(required = true, nullable = false, example = "grace@example.com")]
    email: Option<String>,
    #[schema(required = true, nullable = false, value_type = RoleName)]
    role: Option<String>,
}

impl NewInvitation {
    pub fn invitation(self) -> Result<(Email, Role), ApiError> {
        let mut check = Check::body();
        let email = check.required("email", self.email, |text| Email::parse(&text));
        let role = check.required("role", self.role, role);
        check.finish(|| Some((email?, role?)))
    }
}

/// The token of an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    #[schema(required = true, nullable = false)]
    token: Option<String>,
}

impl Acceptance {
    pub fn token(self) -> Result<OpaqueToken, ApiError> {
        let mut check = Check::body();
        let token = check.required("token", self.token, |text| Ok(OpaqueToken::new(text)));
        check.finish(|| token)
    }
}

/// An open invitation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    #[schema(value_type = Uuid)]
    organization_id: IdText,
    email: &'a str,
    #[schema(value_type = RoleName)]
    role: &'a str,
    #[schema(value_type = Uuid)]
    invited_by: IdText,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Stamp,
}

impl<'a> InvitationView<'a> {
    pub fn of(invitation: &'a Invitation) -> Self {
        Self {
            id: IdText::of(invitation.id),
            organization_id: IdText::of(invitation.organization),
            email: invitation.email.as_str(),
            role: invitation.role.as_str(),
            invited_by: IdText::of(invitation.invited_by),
            created_at: Stamp(invitation.created_at),
            expires_at: Stamp(invitation.expires_at),
        }
    }
}

/// A new invitation with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedView<'a> {
    #[serde(flatten)]
    invitation: InvitationView<'a>,
    /// Whoever has it and the address may join.
    token: &'a str,
}

impl<'a> InvitedView<'a> {
    pub fn of(invited: &'a Invited) -> Self {
        Self {
            invitation: InvitationView::of(&invited.invitation),
            token: invited.token.expose(),
        }
    }
}

/// The organization that was joined, and as what.
#[derive(Serialize, ToSchema)]
pub(crate) struct MembershipView<'a> {
    organization: OrganizationView<'a>,
    #[schema(value_type = RoleName)]
    role: &'a str,
}

impl<'a> MembershipView<'a> {
    pub fn of(membership: &'a Membership) -> Self {
        Self {
            organization: OrganizationView::of(&membership.organization),
            role: membership.role.as_str(),
        }
    }
}
