use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tenon_kernel::{OrganizationId, SessionId, Timestamp, UserId};

use crate::{Claims, Identity};

/// Whose access tokens are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A session that ended.
    Session(SessionId),
    /// A user in one organization: the role changed, or the user is no longer there.
    Membership(UserId, OrganizationId),
}

/// Access tokens of `subject` that were issued no later than `issued_until` are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// Whose.
    pub subject: Subject,
    /// Tokens issued later are good.
    pub issued_until: Timestamp,
    /// From then on the tokens are dead of age, and the revocation can be forgotten.
    pub forget_at: Timestamp,
}

/// The revocations that this instance knows of. Checked on every request, hence in memory; it holds only as many entries
/// as were revoked within the life of an access token.
#[derive(Debug, Default)]
pub struct RevokedTokens(RwLock<HashMap<Subject, Revocation>>);

impl RevokedTokens {
    /// Takes up `revocations`; ones already known change nothing.
    pub fn add(&self, revocations: &[Revocation]) {
        if revocations.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for revocation in revocations {
            let entry = known.entry(revocation.subject).or_insert(*revocation);
            entry.issued_until = entry.issued_until.max(revocation.issued_until);
            entry.forget_at = entry.forget_at.max(revocation.forget_at);
        }
    }

    /// Drops what no living token can match.
    pub fn forget(&self, now: Timestamp) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, revocation| revocation.forget_at > now);
    }

    /// Whether a token with these claims is refused.
    pub fn covers(&self, claims: &Claims) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return false;
        }
        let refused = |subject| {
            known
                .get(&subject)
                .is_some_and(|revocation| claims.id.time() <= revocation.issued_until)
        };
        refused(Subject::Session(claims.session))
            || match claims.identity {
                Identity::Member { user, organization, .. } => refused(Subject::Membership(user, organization)),
                Identity::Operator => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tenon_kernel::{Id, Role};

    use super::*;
    use crate::Email;

    fn claims(issued_at: Timestamp) -> Claims {
        let identity = Identity::Member {
            user: Id::at(Timestamp::from_micros(1)),
            organization: Id::at(Timestamp::from_micros(2)),
            role: Role::Member,
            email: Email::parse("ada@example.com").unwrap(),
        };
        let session = Id::at(Timestamp::from_micros(3));
        Claims {
            id: Id::at(issued_at),
            session,
            identity,
            issued_at,
            expires_at: issued_at,
        }
    }

    #[test]
    fn tokens_issued_after_a_role_change_are_good_and_earlier_ones_are_not() {
        let now = Timestamp::from_micros(1_800_000_000_000_123);
        let mut before = claims(now);
        let Identity::Member { user, organization, .. } = before.identity else {
            unreachable!()
        };
        let revoked = RevokedTokens::default();
        assert!(!revoked.covers(&before));
        let subject = Subject::Membership(user, organization);
        revoked.add(&[Revocation {
            subject,
            issued_until: now,
            forget_at: now.plus(Duration::from_secs(900)),
        }]);
        assert!(revoked.covers(&before));
        before.id = Id::at(now.plus(Duration::from_micros(1)));
        assert!(!revoked.covers(&before));
    }

    #[test]
    fn a_revocation_is_forgotten_when_no_token_can_be_alive() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let claims = claims(now);
        let revoked = RevokedTokens::default();
        revoked.add(&[Revocation {
            subject: Subject::Session(claims.session),
            issued_until: now,
            forget_at: now,
        }]);
        assert!(revoked.covers(&claims));
        revoked.forget(now);
        assert!(!revoked.covers(&claims));
    }
}
