use secrecy::SecretString;
use serde::Deserialize;
use tenon_accounts::{
    Device, DisplayName, Email, OpaqueToken, OrganizationName, Password, PasswordAttempt, Registering,
};
use tenon_kernel::{Invalid, OrganizationId};
use utoipa::ToSchema;

use super::{Check, id};
use crate::error::ApiError;

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Register {
    #[schema(required = true, nullable = false, example = "ada@example.com", max_length = 254)]
    email: Option<String>,
    /// None of the well-known ones, nor the email address.
    #[schema(required = true, nullable = false, format = Password, min_length = 12, max_length = 1024)]
    password: Option<String>,
    #[schema(
        required = true,
        nullable = false,
        example = "Ada Lovelace",
        min_length = 1,
        max_length = 100
    )]
    display_name: Option<String>,
    /// The name of the first organization; made from the display name when missing.
    #[schema(min_length = 1, max_length = 100)]
    organization: Option<String>,
}

impl Register {
    pub fn registering(self, device: Device) -> Result<Registering, ApiError> {
        let mut check = Check::body();
        let email = check.required("email", self.email, |text| Email::parse(&text));
        let password = check.required("password", self.password, |text| match &email {
            Some(email) => Password::parse(text.into(), email),
            None => Password::parse(text.into(), &Email::parse("nobody@example.com")?),
        });
        let display_name = check.required("displayName", self.display_name, |text| DisplayName::parse(&text));
        let organization = check.optional("organization", self.organization, |text| OrganizationName::parse(&text));
        check.finish(|| {
            Some(Registering {
                email: email?,
                password: password?,
                display_name: display_name?,
                organization,
                device,
            })
        })
    }
}

/// A person signs in with both fields, the operator of the installation with a password alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    #[schema(example = "ada@example.com")]
    email: Option<String>,
    #[schema(required = true, nullable = false, format = Password, min_length = 1, max_length = 1024)]
    password: Option<String>,
}

/// What a sign-in comes with; without an address, the operator's.
pub(crate) struct Credentials {
    pub email: Option<Email>,
    pub password: PasswordAttempt,
}

impl Login {
    pub fn credentials(self) -> Result<Credentials, ApiError> {
        let mut check = Check::body();
        let email = check.optional("email", self.email, |text| Email::parse(&text));
        let password = check.required("password", self.password, attempt);
        check.finish(|| {
            Some(Credentials {
                email,
                password: password?,
            })
        })
    }
}

fn attempt(text: String) -> Result<PasswordAttempt, Invalid> {
    PasswordAttempt::parse(text.into())
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Refresh {
    #[schema(required = true, nullable = false)]
    refresh_token: Option<String>,
}

impl Refresh {
    pub fn token(self) -> Result<OpaqueToken, ApiError> {
        let mut check = Check::body();
        let token = check.required("refreshToken", self.refresh_token, |text| Ok(OpaqueToken::new(text)));
        check.finish(|| token)
    }
}

/// The organization to go on in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Switch {
    #[schema(required = true, nullable = false, value_type = Uuid)]
    organization_id: Option<String>,
}

impl Switch {
    pub fn organization(self) -> Result<OrganizationId, ApiError> {
        let mut check = Check::body();
        let organization = check.required("organizationId", self.organization_id, id);
        check.finish(|| organization)
    }
}

/// The password so far and the one from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ChangePassword {
    #[schema(required = true, nullable = false, format = Password, min_length = 1, max_length = 1024)]
    current_password: Option<String>,
    #[schema(required = true, nullable = false, format = Password, min_length = 12, max_length = 1024)]
    new_password: Option<String>,
}

impl ChangePassword {
    pub fn passwords(self) -> Result<(PasswordAttempt, SecretString), ApiError> {
        let mut check = Check::body();
        let current = check.required("currentPassword", self.current_password, attempt);
        let new = check.required("newPassword", self.new_password, |text| Ok(SecretString::from(text)));
        check.finish(|| Some((current?, new?)))
    }
}
