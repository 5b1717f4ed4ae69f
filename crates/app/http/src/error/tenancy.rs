use tenon_accounts::{AcceptError, Denied, MemberError, OrganizationError, PlaceError};

use super::*;

impl From<Denied> for ApiError {
    fn from(error: Denied) -> Self {
        match error {
            Denied::OtherOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            Denied::Role(role) => Self::new(&INSUFFICIENT_ROLE).detail(format!("It takes the role {role}.")),
        }
    }
}

impl From<OrganizationError> for ApiError {
    fn from(error: OrganizationError) -> Self {
        match error {
            OrganizationError::Denied(denied) => denied.into(),
            OrganizationError::NotFound => Self::new(&ORGANIZATION_NOT_FOUND),
            OrganizationError::Stale(version) => Self::stale(version),
            OrganizationError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            OrganizationError::Unavailable(error) => error.into(),
        }
    }
}

impl From<AcceptError> for ApiError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::NotFound => Self::new(&INVITATION_NOT_FOUND),
            AcceptError::OtherAddress => Self::new(&OTHER_ADDRESS),
            AcceptError::AlreadyMember => Self::new(&ALREADY_MEMBER),
            AcceptError::Unavailable(error) => error.into(),
        }
    }
}

impl ApiError {
    /// What [`MemberError`] means for members.
    pub(crate) fn of_member(error: MemberError) -> Self {
        Self::of_member_or(error, &MEMBER_NOT_FOUND)
    }

    /// What [`MemberError`] means for invitations.
    pub(crate) fn of_invitation(error: MemberError) -> Self {
        Self::of_member_or(error, &INVITATION_NOT_FOUND)
    }

    fn of_member_or(error: MemberError, not_found: &'static Kind) -> Self {
        match error {
            MemberError::Denied(denied) => denied.into(),
            MemberError::NotFound => Self::new(not_found),
            MemberError::Stale(version) => Self::stale(version),
            MemberError::LastOwner => Self::new(&LAST_OWNER),
            MemberError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            MemberError::Unavailable(error) => error.into(),
        }
    }

    /// What [`PlaceError`] means for sites.
    pub(crate) fn of_site(error: PlaceError) -> Self {
        Self::of_place(error, &SITE_NOT_FOUND, &SITE_IN_USE)
    }

    /// What [`PlaceError`] means for units.
    pub(crate) fn of_unit(error: PlaceError) -> Self {
        Self::of_place(error, &UNIT_NOT_FOUND, &UNIT_IN_USE)
    }

    fn of_place(error: PlaceError, not_found: &'static Kind, in_use: &'static Kind) -> Self {
        match error {
            PlaceError::Denied(denied) => denied.into(),
            PlaceError::NotFound => Self::new(not_found),
            PlaceError::UnknownSite => Self::unknown_site(),
            PlaceError::Stale(version) => Self::stale(version),
            PlaceError::InUse => Self::new(in_use),
            PlaceError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            PlaceError::Unavailable(error) => error.into(),
        }
    }
}
