use std::time::Duration;

use serde::Serialize;
use tenon_accounts::{Access, OperatorAccess, SignedIn};
use utoipa::ToSchema;

use super::IdText;
use super::organizations::OrganizationView;
use super::profile::UserView;

/// An access token, and what it is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessView<'a> {
    access_token: &'a str,
    #[schema(example = "Bearer")]
    token_type: &'a str,
    /// In seconds.
    #[schema(example = 900)]
    expires_in: u64,
    user: UserView<'a>,
    organization: OrganizationView<'a>,
    #[schema(example = "owner")]
    role: &'a str,
}

impl<'a> AccessView<'a> {
    pub fn of(access: &'a Access) -> Self {
        Self {
            access_token: access.token.expose(),
            token_type: "Bearer",
            expires_in: access.expires_in.as_secs(),
            user: UserView::of(&access.user),
            organization: OrganizationView::of(&access.organization),
            role: access.role.as_str(),
        }
    }
}

/// A pair of tokens, and what they are for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedInView<'a> {
    #[serde(flatten)]
    access: AccessView<'a>,
    refresh_token: &'a str,
    /// In seconds.
    #[schema(example = 604_800)]
    refresh_expires_in: u64,
    /// The id of the session that was opened or goes on.
    #[schema(value_type = Uuid)]
    session: IdText,
}

impl<'a> SignedInView<'a> {
    pub fn of(signed_in: &'a SignedIn) -> Self {
        Self {
            access: AccessView::of(&signed_in.access),
            refresh_token: signed_in.refresh.expose(),
            // Rounded, because some milliseconds of the first second passed while the session was stored.
            refresh_expires_in: (signed_in.refresh_expires_in + Duration::from_millis(500)).as_secs(),
            session: IdText::of(signed_in.session.id),
        }
    }
}

/// The operator's token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperatorView<'a> {
    token: &'a str,
    /// The same token.
    access_token: &'a str,
    #[schema(example = "Bearer")]
    token_type: &'a str,
    /// In seconds.
    expires_in: u64,
    #[schema(example = "operator")]
    role: &'a str,
}

impl<'a> OperatorView<'a> {
    pub fn of(access: &'a OperatorAccess) -> Self {
        Self {
            token: access.token.expose(),
            access_token: access.token.expose(),
            token_type: "Bearer",
            expires_in: access.expires_in.as_secs(),
            role: "operator",
        }
    }
}

/// What a sign-in answers: a person's tokens, or the operator's.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the two answers of one route")]
pub(crate) enum LoginView<'a> {
    Person(SignedInView<'a>),
    Operator(OperatorView<'a>),
}
