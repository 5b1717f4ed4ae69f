use serde::{Serialize, Serializer};
use tenon_kernel::{Id, Timestamp};
use uuid::Uuid;

/// A time as RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp(pub Timestamp);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes as digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An id as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdText(Uuid);

impl IdText {
    /// Of whatever the id identifies.
    pub const fn of<T>(id: Id<T>) -> Self {
        Self(id.uuid())
    }
}

impl Serialize for IdText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        serializer.serialize_str(self.0.as_hyphenated().encode_lower(&mut text))
    }
}
