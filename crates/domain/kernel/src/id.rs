use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

use crate::{Invalid, Timestamp};

/// A UUIDv7 that says what it identifies (RFC 9562, section 5.7).
///
/// Ids order by creation: [`Id::at`] puts the microsecond of the creation time in front of the random bits, so that
/// sorting by id and sorting by creation time are the same thing and one index serves both.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// The text is not a UUID in its hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct InvalidId;

impl<T> Id<T> {
    /// A new id for something created at `time`: 48 bits of milliseconds, 12 bits of the fraction (RFC 9562, section
    /// 6.2, method 3), 62 random bits.
    pub fn at(time: Timestamp) -> Self {
        let micros = u64::try_from(time.as_micros()).unwrap_or(0);
        let fraction = (micros % 1000) * 4096 / 1000;
        let random = Uuid::new_v4().as_u128() & ((1 << 62) - 1);
        let value =
            (u128::from(micros / 1000) << 80) | (0x7 << 76) | (u128::from(fraction) << 64) | (0b10 << 62) | random;
        Self::from_uuid(Uuid::from_u128(value))
    }

    /// Not after any id of something created at `time` or later, and after all that was created before.
    pub fn first_at(time: Timestamp) -> Self {
        let bits = Self::at(time).0.as_u128() & !((1 << 62) - 1);
        Self::from_uuid(Uuid::from_u128(bits))
    }

    /// The moment that [`Id::at`] was given.
    pub fn time(self) -> Timestamp {
        let bits = self.0.as_u128();
        let millis = i64::try_from(bits >> 80).unwrap_or(0);
        let fraction = i64::try_from((bits >> 64) & 0xfff).unwrap_or(0);
        Timestamp::from_micros(millis * 1000 + (fraction * 1000 + 4095) / 4096)
    }

    /// Takes a stored or received UUID as it is.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The sixteen bytes of the UUID, the most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The UUID underneath.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> FromStr for Id<T> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(InvalidId);
        }
        Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| InvalidId)
    }
}

impl From<InvalidId> for Invalid {
    fn from(_: InvalidId) -> Self {
        Self::new(
            "invalid_id",
            "Must be a UUID such as 0198c0de-0000-7000-8000-000000000000.",
        )
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.as_hyphenated(), f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Derives would demand the same traits of the tag.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $tag:ident;)*) => {$(
        #[doc(hidden)]
        #[derive(Debug)]
        pub enum $tag {}
        $(#[$doc])*
        pub type $name = Id<$tag>;
    )*};
}

ids! {
    /// A person with an account.
    UserId, UserTag;
    /// A tenant.
    OrganizationId, OrganizationTag;
    /// A site inside an organization.
    SiteId, SiteTag;
    /// A unit inside a site.
    UnitId, UnitTag;
    /// An invitation into an organization.
    InvitationId, InvitationTag;
    /// A signed-in device.
    SessionId, SessionTag;
    /// One access token (`jti`, RFC 7519, section 4.1.7).
    TokenId, TokenTag;
    /// An asset.
    AssetId, AssetTag;
    /// A sealed credential of an organization.
    CredentialId, CredentialTag;
    /// An API key of an organization.
    ApiKeyId, ApiKeyTag;
    /// A piece of work in a queue.
    JobId, JobTag;
    /// An organization's subscription to changes in Microsoft Graph.
    GraphSubscriptionId, GraphSubscriptionTag;
    /// A change that Microsoft Graph told of.
    NotificationId, NotificationTag;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_their_creation_times_do() {
        let start = 1_800_000_000_000_000;
        let ids: Vec<UserId> = (0..5_000).map(|n| Id::at(Timestamp::from_micros(start + n))).collect();
        assert!(ids.is_sorted());
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn an_id_is_a_version_7_uuid_of_its_millisecond() {
        let id: AssetId = Id::at(Timestamp::from_micros(1_645_557_742_000_999));
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.uuid().get_variant(), uuid::Variant::RFC4122);
        assert_eq!(id.uuid().as_u128() >> 80, 1_645_557_742_000);
    }

    #[test]
    fn an_id_tells_its_creation_time_to_the_microsecond() {
        for micros in 1_800_000_000_000_000..1_800_000_000_002_000 {
            let time = Timestamp::from_micros(micros);
            assert_eq!(UserId::at(time).time(), time);
        }
    }

    #[test]
    fn the_first_id_of_a_moment_parts_what_came_before_from_what_comes_later() {
        for micros in 1_800_000_000_000_000..1_800_000_000_002_000 {
            let first = UserId::first_at(Timestamp::from_micros(micros));
            assert!(UserId::at(Timestamp::from_micros(micros - 1)) < first);
            assert!(UserId::at(Timestamp::from_micros(micros)) >= first);
        }
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        assert!("0198c0de-0000-7000-8000-000000000000".parse::<UserId>().is_ok());
        for text in [
            "",
            "x",
            "0198c0de000070008000000000000000",
            "{0198c0de-0000-7000-8000-000000000000}",
        ] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text}");
        }
    }
}
