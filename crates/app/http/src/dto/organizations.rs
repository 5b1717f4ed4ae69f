use serde::{Deserialize, Serialize};
use tenon_accounts::{Membership, Organization, OrganizationName};
use utoipa::ToSchema;

use super::{Check, IdText, Stamp};
use crate::error::ApiError;

/// What an organization is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationBody {
    #[schema(
        required = true,
        nullable = false,
        example = "Analytical Engines",
        min_length = 1,
        max_length = 100
    )]
    name: Option<String>,
}

impl OrganizationBody {
    pub fn name(self) -> Result<OrganizationName, ApiError> {
        let mut check = Check::body();
        let name = check.required("name", self.name, |text| OrganizationName::parse(&text));
        check.finish(|| name)
    }
}

/// An organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    name: &'a str,
    /// Counts changes; it is the entity tag.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Stamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Stamp,
}

impl<'a> OrganizationView<'a> {
    pub fn of(organization: &'a Organization) -> Self {
        Self {
            id: IdText::of(organization.id),
            name: organization.name.as_str(),
            version: organization.version.get(),
            created_at: Stamp(organization.created_at),
            updated_at: Stamp(organization.updated_at),
        }
    }
}

/// An organization with the caller's role in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListedOrganization<'a> {
    #[serde(flatten)]
    organization: OrganizationView<'a>,
    /// Missing in what the operator sees, who has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "owner")]
    role: Option<&'a str>,
}

impl<'a> ListedOrganization<'a> {
    pub fn of_member(membership: &'a Membership) -> Self {
        Self {
            organization: OrganizationView::of(&membership.organization),
            role: Some(membership.role.as_str()),
        }
    }

    pub fn of_operator(organization: &'a Organization) -> Self {
        Self {
            organization: OrganizationView::of(organization),
            role: None,
        }
    }
}
