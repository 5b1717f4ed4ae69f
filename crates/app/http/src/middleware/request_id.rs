use std::cell::Cell;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use tenon_kernel::{Timestamp, TokenId};
use uuid::Uuid;

pub(super) static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Identifies a request in answers and logs: the client's own `X-Request-Id` if it is 1 to 128 of `A-Za-z0-9._-`, else a
/// UUIDv7.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The value of `X-Request-Id`.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Makes request ids. They need to differ, not to be unguessable, so that only the first one takes randomness from the
/// system.
#[derive(Debug)]
pub(super) struct RequestIds(Cell<u64>);

impl RequestIds {
    pub fn new(now: Timestamp) -> Self {
        let (_, random) = TokenId::at(now).uuid().as_u64_pair();
        Self(Cell::new(random))
    }

    pub fn take(&self, headers: &HeaderMap, now: Timestamp) -> RequestId {
        match headers.get(&X_REQUEST_ID) {
            Some(value) if acceptable(value.as_bytes()) => RequestId(value.clone()),
            _ => self.fresh(now),
        }
    }

    fn fresh(&self, now: Timestamp) -> RequestId {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = self.uuid(now).as_hyphenated().encode_lower(&mut text);
        let header = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes()));
        RequestId(header.unwrap_or_else(|_| HeaderValue::from_static("unknown")))
    }

    /// A UUIDv7 whose random bits are the next number of SplitMix64 (Steele, Lea and Flood 2014).
    fn uuid(&self, now: Timestamp) -> Uuid {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let random = mixed ^ (mixed >> 31);
        let micros = u64::try_from(now.as_micros()).unwrap_or(0);
        let high = ((micros / 1000) << 16) | 0x7000 | ((micros % 1000) << 2);
        Uuid::from_u64_pair(high, (random >> 2) | (0b10 << 62))
    }
}

fn acceptable(id: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=128).contains(&id.len()) && id.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_123_456);

    fn given(id: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID.clone(), HeaderValue::from_str(id).unwrap());
        RequestIds::new(NOW).take(&headers, NOW).as_str().to_owned()
    }

    #[test]
    fn a_plain_request_id_is_kept() {
        let long = "a".repeat(128);
        for id in ["a", "trace-1.2_Z", &long] {
            assert_eq!(given(id), id);
        }
    }

    #[test]
    fn any_other_is_replaced_by_a_uuid_of_version_7() {
        let long = "a".repeat(129);
        for id in ["", "a b", "a\"b", "a/b", &long] {
            let made: Uuid = given(id).parse().unwrap();
            assert_eq!(made.get_version_num(), 7);
            assert_eq!(made.get_variant(), uuid::Variant::RFC4122);
            assert_eq!(made.as_u128() >> 80, 1_800_000_000_123);
        }
    }

    #[test]
    fn ids_of_the_same_moment_differ() {
        let ids = RequestIds::new(NOW);
        let made: std::collections::HashSet<Uuid> = (0..1_000).map(|_| ids.uuid(NOW)).collect();
        assert_eq!(made.len(), 1_000);
    }
}
