use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use tenon_kernel::{OrganizationId, SessionId, Timestamp, UserId};

use crate::{Claims, Identity};

/// How far a revocation of a membership reaches beyond its moment: longer than a transaction takes until others see what it
/// changed, and than the clocks of two instances differ. A token from that time may say what was true before.
const REACH: Duration = Duration::from_secs(10);

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
    /// When it happened; of a session that ended, the end of time. Tokens issued later are good, of a membership a little
    /// later: see [`RevokedTokens::good_from`].
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

    /// The time of issue from which on a token for this membership is good, if the membership was revoked. Whoever knows of
    /// the revocation and reads the membership then reads what the revocation left, and may issue a token of that time
    /// although it lies ahead.
    pub fn good_from(&self, user: UserId, organization: OrganizationId) -> Option<Timestamp> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let revocation = known.get(&Subject::Membership(user, organization))?;
        Some(reach(revocation).plus(Duration::from_micros(1)))
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
        self.subject(claims).is_some()
    }

    /// Whose revocation it is that a token with these claims is refused for; a session's goes before a membership's.
    pub fn subject(&self, claims: &Claims) -> Option<Subject> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return None;
        }
        let refused = |subject: &Subject| {
            known
                .get(subject)
                .is_some_and(|revocation| claims.id.time() <= reach(revocation))
        };
        let membership = match claims.identity {
            Identity::Member { user, organization, .. } => Some(Subject::Membership(user, organization)),
            Identity::Operator => None,
        };
        let session = Subject::Session(claims.session);
        [Some(session), membership].into_iter().flatten().find(refused)
    }
}

fn reach(revocation: &Revocation) -> Timestamp {
    match revocation.subject {
        Subject::Session(_) => revocation.issued_until,
        Subject::Membership(..) => revocation.issued_until.plus(REACH),
    }
}

#[cfg(test)]
mod tests {
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
    fn tokens_issued_around_a_role_change_are_refused_and_good_from_a_time_on() {
        let now = Timestamp::from_micros(1_800_000_000_000_123);
        let mut before = claims(now);
        let Identity::Member { user, organization, .. } = before.identity else {
            unreachable!()
        };
        let revoked = RevokedTokens::default();
        assert!(!revoked.covers(&before));
        assert_eq!(revoked.good_from(user, organization), None);
        let subject = Subject::Membership(user, organization);
        revoked.add(&[Revocation {
            subject,
            issued_until: now,
            forget_at: now.plus(Duration::from_secs(900)),
        }]);
        assert!(revoked.covers(&before));
        // Issued while the change was being committed, by somebody who read the old role.
        before.id = Id::at(now.plus(Duration::from_secs(2)));
        assert!(revoked.covers(&before));
        before.id = Id::at(revoked.good_from(user, organization).unwrap());
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
