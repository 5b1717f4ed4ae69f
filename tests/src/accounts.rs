//! People, organizations and places for tests; each call makes new ones.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tenon_accounts::{
    Acceptance, Accepted, Device, DisplayName, Email, Invitation, InvitationRow, Organization, OrganizationName,
    PasswordHash, PlaceName, Registration, Revocation, Rotation, Salt, Session, Site, Subject, TokenDigest, Unit, User,
};
use tenon_kernel::{Act, Id, OnceKey, OrganizationId, Remembered, Role, SiteId, Timestamp, UserId, Version};
use tenon_sql::Store;

use crate::audit::entry;
use crate::clock::{DAY, MINUTE, moment};

/// `name@example.com`.
pub fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

pub fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=19456,t=2,p=1${text}"))
}

/// 32 bytes that no other call returns.
pub fn bytes() -> [u8; 32] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0xa5; 32];
    let (number, _) = bytes.split_at_mut(8);
    number.copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

pub fn token() -> TokenDigest {
    TokenDigest(bytes())
}

pub fn user(name: &str) -> User {
    let now = moment();
    User {
        id: Id::at(now),
        email: email(name),
        display_name: DisplayName::parse(name).unwrap(),
        disabled_at: None,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}

pub fn organization(name: &str) -> Organization {
    let now = moment();
    Organization {
        id: Id::at(now),
        name: OrganizationName::parse(name).unwrap(),
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}

/// A session that was opened just now and lives 7 days without a refresh, 30 days at most.
pub fn session(user: UserId, organization: OrganizationId) -> Session {
    let now = moment();
    Session {
        id: Id::at(now),
        user,
        organization,
        name: None,
        device: Device::new(Some("Tests/1.0"), "192.0.2.7".parse().ok()),
        version: Version::FIRST,
        created_at: now,
        last_used_at: now,
        expires_at: now.plus(7 * DAY),
        ends_at: now.plus(30 * DAY),
    }
}

pub fn registration(name: &str) -> Registration {
    let (user, organization) = (user(name), organization(&format!("{name}'s team")));
    Registration {
        session: session(user.id, organization.id),
        user,
        password: hash(name),
        organization,
        refresh: token(),
        entries: vec![entry()],
    }
}

/// Registers `name`, who thereby owns an organization.
pub async fn register(store: &Store, name: &str) -> Registration {
    let registration = registration(name);
    store.users.register(&registration).await.unwrap();
    registration
}

/// Registers `name` and lets them join `organization` too.
pub async fn join(store: &Store, organization: OrganizationId, name: &str, role: Role) -> Registration {
    let registration = register(store, name).await;
    let row = invitation(organization, name, role);
    store.invitations.create(&row, None, &entry()).await.unwrap();
    let accepted = store.invitations.accept(&acceptance(&row, &registration.user)).await;
    assert!(matches!(accepted, Ok(Accepted::Joined(_))));
    registration
}

/// Opens another session of the user and returns it with its refresh token.
pub async fn open(store: &Store, user: UserId, organization: OrganizationId) -> (Session, TokenDigest) {
    let (session, refresh) = (session(user, organization), token());
    let proven = store.users.by_id(user).await.unwrap().unwrap().password;
    assert!(
        store
            .sessions
            .open(&session, &refresh, &proven, &entry())
            .await
            .unwrap()
    );
    (session, refresh)
}

/// An invitation that is good for a week.
pub fn invitation(organization: OrganizationId, name: &str, role: Role) -> InvitationRow {
    let now = moment();
    let invitation = Invitation {
        id: Id::at(now),
        organization,
        email: email(name),
        role,
        invited_by: Id::at(now),
        created_at: now,
        expires_at: now.plus(7 * DAY),
    };
    InvitationRow {
        invitation,
        token: token(),
    }
}

pub fn acceptance(row: &InvitationRow, user: &User) -> Acceptance {
    Acceptance {
        token: row.token,
        user: user.id,
        email: user.email.clone(),
        device: Device::new(Some("Tests/1.0"), None),
        at: moment(),
    }
}

/// The exchange of a token for a new one at `at`, with a grace of ten seconds and seven days until the next.
pub fn rotation(presented: TokenDigest, at: Timestamp) -> Rotation {
    Rotation {
        presented,
        salt: Salt(bytes()),
        successor: token(),
        device: Device::new(Some("Tests/1.1"), "2001:db8::7".parse().ok()),
        at,
        grace: GRACE,
        idle: 7 * DAY,
        forget_at: at.plus(15 * MINUTE),
    }
}

/// The grace of [`rotation`].
pub const GRACE: Duration = Duration::from_secs(10);

/// The tokens of the membership are refused from now on, for a quarter of an hour.
pub fn revocation(user: UserId, organization: OrganizationId) -> Revocation {
    let now = moment();
    Revocation {
        subject: Subject::Membership(user, organization),
        issued_until: now,
        forget_at: now.plus(15 * MINUTE),
    }
}

pub fn site(organization: OrganizationId, name: &str) -> Site {
    let now = moment();
    Site {
        id: Id::at(now),
        organization,
        name: PlaceName::parse(name).unwrap(),
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}

pub fn unit(organization: OrganizationId, site: SiteId, name: &str) -> Unit {
    let now = moment();
    Unit {
        id: Id::at(now),
        organization,
        site,
        name: PlaceName::parse(name).unwrap(),
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    }
}

/// A request that may come again, and its answer.
pub fn remembered(answer: &str) -> Remembered {
    let key = OnceKey {
        scope: bytes(),
        fingerprint: bytes(),
    };
    Remembered {
        key,
        answer: answer.as_bytes().to_vec(),
        at: moment(),
    }
}

/// The same key with another body and another answer.
pub fn reused(remembered: &Remembered) -> Remembered {
    let mut other = self::remembered("another answer");
    other.key.scope = remembered.key.scope;
    other
}

/// The same request with another answer, as a second attempt would have it.
pub fn repeated(remembered: &Remembered, answer: &str) -> Remembered {
    Remembered {
        answer: answer.as_bytes().to_vec(),
        at: moment(),
        ..remembered.clone()
    }
}

/// The id of a person whom the store need not know.
pub fn somebody() -> UserId {
    Id::at(moment())
}

/// What somebody does just now.
pub fn act() -> Act {
    Act::of(somebody(), moment())
}
