use std::str::FromStr;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// What the audit log tells of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in the database and in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// Somebody opened an account.
    UserRegistered "user.registered"
    /// Somebody signed in.
    SessionCreated "session.created"
    /// Somebody did not: the password was wrong, there is no such account, or it is disabled.
    SessionRefused "session.refused"
    /// Somebody signed out.
    SessionEnded "session.ended"
    /// Somebody ended another session of theirs, or all of them.
    SessionRevoked "session.revoked"
    /// A refresh token was used twice, which ended its session.
    SessionReused "session.reused"
    PasswordChanged "password.changed"
    /// A change was asked for with a wrong password.
    PasswordRefused "password.refused"
    UserDisabled "user.disabled"
    UserEnabled "user.enabled"
    OperatorSignedIn "operator.signed_in"
    /// The operator's password was wrong.
    OperatorRefused "operator.refused"
    OperatorSignedOut "operator.signed_out"
    OrganizationCreated "organization.created"
    OrganizationRenamed "organization.renamed"
    OrganizationDeleted "organization.deleted"
    MemberAdded "member.added"
    MemberChanged "member.role_changed"
    MemberRemoved "member.removed"
    InvitationCreated "invitation.created"
    InvitationAccepted "invitation.accepted"
    InvitationRevoked "invitation.revoked"
    CredentialCreated "credential.created"
    CredentialReplaced "credential.replaced"
    CredentialDeleted "credential.deleted"
    /// The server read the secret, to work with it.
    CredentialOpened "credential.opened"
    /// Somebody has Microsoft Graph tell of changes.
    SubscriptionCreated "subscription.created"
    /// Somebody asked for it to be renewed now; that a server renews those that are due is nobody's act.
    SubscriptionRenewed "subscription.renewed"
    SubscriptionDeleted "subscription.deleted"
    /// Somebody had a new key made for Microsoft Graph to encrypt for; that a server makes one before the old one ends is nobody's act.
    CertificateRotated "certificate.rotated"
    /// There is a new master key, and records were brought under it.
    KeysRotated "keys.rotated"
    /// A master key that nothing is under any more was taken away.
    KeyRetired "keys.retired"
    JobRetried "job.retried"
    JobDiscarded "job.discarded"
    ApiKeyCreated "api_key.created"
    ApiKeyRevoked "api_key.revoked"
}

/// The text names nothing that the audit log tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such action")]
pub struct UnknownAction;

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        let named = |action: &&Self| action.as_str() == text;
        Self::ALL.iter().find(named).copied().ok_or(UnknownAction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        assert_eq!("session".parse::<Action>(), Err(UnknownAction));
    }
}
