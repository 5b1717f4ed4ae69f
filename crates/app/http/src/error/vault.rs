use tenon_vault::CredentialError;

use super::*;

impl From<CredentialError> for ApiError {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Role(role) => Self::new(&INSUFFICIENT_ROLE).detail(format!("It takes the role {role}.")),
            CredentialError::OrganizationGone => Self::new(&ORGANIZATION_NOT_FOUND),
            CredentialError::NotFound => Self::new(&CREDENTIAL_NOT_FOUND),
            CredentialError::Stale(version) => Self::stale(version),
            CredentialError::OtherKind => {
                let message = "Must be the kind that the credential has: make another credential instead.";
                Self::field("kind", Invalid::new("not_changeable", message))
            }
            CredentialError::InUse => Self::new(&CREDENTIAL_IN_USE),
            CredentialError::KeyReused => Self::new(&IDEMPOTENCY_KEY_REUSED),
            CredentialError::Unavailable(error) => error.into(),
        }
    }
}
