use serde::{Deserialize, Serialize};
use tenon_accounts::{DisplayName, Profile, User};
use utoipa::ToSchema;

use super::organizations::OrganizationView;
use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// A change of one's own profile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ProfilePatch {
    #[schema(required = true, nullable = false, min_length = 1, max_length = 100)]
    display_name: Option<String>,
}

impl ProfilePatch {
    pub fn name(self) -> Result<DisplayName, ApiError> {
        let mut check = Check::body();
        let name = check.required("displayName", self.display_name, |text| DisplayName::parse(&text));
        check.finish(|| name)
    }
}

/// A person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    email: &'a str,
    display_name: &'a str,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> UserView<'a> {
    pub fn of(user: &'a User) -> Self {
        Self {
            id: IdText::of(user.id),
            email: user.email.as_str(),
            display_name: user.display_name.as_str(),
            version: user.version.get(),
            created_at: Stamp(user.created_at),
            updated_at: Stamp(user.updated_at),
        }
    }
}

/// The caller, in the organization that their token is for.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileView<'a> {
    user: UserView<'a>,
    organization: OrganizationView<'a>,
    #[schema(example = "owner")]
    role: &'a str,
}

impl<'a> ProfileView<'a> {
    pub fn of(profile: &'a Profile) -> Self {
        Self {
            user: UserView::of(&profile.user),
            organization: OrganizationView::of(&profile.organization),
            role: profile.role.as_str(),
        }
    }
}
