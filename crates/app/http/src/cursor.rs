//! Cursors: where a page of a listing ended, in a form that only the same listing takes back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, INVALID_CURSOR};

/// The bytes of the checksum.
const CHECK: usize = 12;

/// The longest cursor, in decoded bytes.
const LONGEST: usize = 1024;

/// All that makes a listing the one it is: its kind, its tenant, whose view it is, its order, its filters.
#[derive(Clone)]
pub(crate) struct Binding(Sha256);

impl Binding {
    /// A kind of listing.
    pub fn new(kind: &'static str) -> Self {
        Self(Sha256::new()).with(kind.as_bytes())
    }

    /// Adds what the listing is about.
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// Adds a part that may be missing.
    pub fn maybe(mut self, part: Option<impl AsRef<[u8]>>) -> Self {
        self.0.update([u8::from(part.is_some())]);
        match part {
            Some(part) => self.with(part),
            None => self,
        }
    }

    /// The cursor of a position.
    pub fn write(&self, position: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([self.check(position).as_slice(), position].concat())
    }

    /// The position of a cursor.
    ///
    /// The checksum has no secret: whoever computes one can only start elsewhere in what they are shown anyway.
    pub fn read(&self, cursor: &str) -> Result<Vec<u8>, ApiError> {
        let invalid = || ApiError::new(&INVALID_CURSOR);
        if cursor.len() > LONGEST.div_ceil(3) * 4 {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        match bytes.split_at_checked(CHECK) {
            Some((check, position)) if check == self.check(position) => Ok(position.to_vec()),
            Some(_) | None => Err(invalid()),
        }
    }

    fn check(&self, position: &[u8]) -> [u8; CHECK] {
        let digest: [u8; 32] = self.clone().with(position).0.finalize().into();
        let mut check = [0; CHECK];
        check.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
        check
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding() -> Binding {
        Binding::new("assets")
            .with("organization")
            .maybe(Some("filter"))
            .maybe(None::<&str>)
    }

    #[test]
    fn a_cursor_comes_back_to_its_listing() {
        for position in [&b""[..], b"x", &[0xff; 850]] {
            let cursor = binding().write(position);
            assert_eq!(binding().read(&cursor).unwrap(), position);
            assert!(!cursor.contains(['+', '/', '=']));
        }
    }

    #[test]
    fn another_listing_refuses_it() {
        let cursor = binding().write(b"position");
        let others = [
            Binding::new("sites")
                .with("organization")
                .maybe(Some("filter"))
                .maybe(None::<&str>),
            Binding::new("assets")
                .with("other")
                .maybe(Some("filter"))
                .maybe(None::<&str>),
            Binding::new("assets")
                .with("organization")
                .maybe(None::<&str>)
                .maybe(Some("filter")),
            Binding::new("assets")
                .with("organizationfilter")
                .maybe(Some(""))
                .maybe(None::<&str>),
        ];
        for other in others {
            assert_eq!(other.read(&cursor).unwrap_err().kind().code, "invalid_cursor");
        }
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let cursor = binding().write(b"position");
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(binding().read(&changed).is_err(), "{changed}");
        }
        let long = "A".repeat(2_000);
        for text in ["", "A", "AAAA", "not base64!", &cursor[..cursor.len() - 1], &long] {
            assert!(binding().read(text).is_err(), "{text}");
        }
    }
}
