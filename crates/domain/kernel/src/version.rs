/// Counts the changes of a resource, from 1. It is the resource's entity tag: `"v1"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(i64);

impl Version {
    /// The version of something just created.
    pub const FIRST: Self = Self(1);

    /// A stored or received version.
    pub const fn new(version: i64) -> Self {
        Self(version)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Which version a change was made for (`If-Match`, RFC 9110, section 13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// This one, else the change is refused.
    Exactly(Version),
    /// Any version, as long as the resource exists (`If-Match: *`).
    Any,
}

impl Expected {
    /// Whether a resource of this version may be changed.
    pub fn allows(self, current: Version) -> bool {
        match self {
            Self::Exactly(version) => version == current,
            Self::Any => true,
        }
    }
}
