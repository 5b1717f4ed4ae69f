use tenon_audit::AuditError;

use super::*;

impl From<AuditError> for ApiError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::OtherOrganization => Self::new(&ORGANIZATION_NOT_FOUND),
            AuditError::Role(role) => Self::new(&INSUFFICIENT_ROLE).detail(format!("It takes the role {role}.")),
            AuditError::Unavailable(error) => error.into(),
        }
    }
}
