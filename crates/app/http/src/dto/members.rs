use serde::{Deserialize, Serialize};
use tenon_accounts::NamedMember;
use tenon_kernel::{Invalid, Role};
use utoipa::ToSchema;

use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// Reads a role of an organization.
pub(super) fn role(text: impl AsRef<str>) -> Result<Role, Invalid> {
    let unknown = |_| Invalid::new("unknown_value", "Must be viewer, member, admin or owner.");
    text.as_ref().parse().map_err(unknown)
}

/// A change of a member's role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    #[schema(required = true, nullable = false, value_type = RoleName)]
    role: Option<String>,
}

impl MemberPatch {
    pub fn role(self) -> Result<Role, ApiError> {
        let mut check = Check::body();
        let role = check.required("role", self.role, role);
        check.finish(|| role)
    }
}

/// What a member may do; each may do what the ones before may.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the values of a string")]
pub(crate) enum RoleName {
    Viewer,
    Member,
    Admin,
    Owner,
}

/// A member of an organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberView<'a> {
    #[schema(value_type = Uuid)]
    user_id: IdText,
    email: &'a str,
    display_name: &'a str,
    #[schema(value_type = RoleName)]
    role: &'a str,
    /// Counts changes of the membership; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> MemberView<'a> {
    pub fn of(member: &'a NamedMember) -> Self {
        Self {
            user_id: IdText::of(member.user),
            email: member.email.as_str(),
            display_name: member.display_name.as_str(),
            role: member.role.as_str(),
            version: member.version.get(),
            created_at: Stamp(member.created_at),
            updated_at: Stamp(member.updated_at),
        }
    }
}
