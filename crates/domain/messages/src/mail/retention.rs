use std::num::NonZeroU32;

use tenon_kernel::{Invalid, OrganizationId, Timestamp, Version};

/// How long an organization keeps messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub organization: OrganizationId,
    pub policy: Policy,
    pub version: Version,
    /// When it was last changed; never for the policy that an organization begins with.
    pub updated_at: Option<Timestamp>,
}

/// When a message goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// Never.
    #[default]
    Keep,
    /// So many days after it was sent, delivered or not.
    Days(NonZeroU32),
    /// Once every device that it is for has acknowledged it.
    Acknowledged,
}

impl Policy {
    /// The most days: ten years.
    const MOST: u32 = 3_650;

    /// # Errors
    ///
    /// `out_of_range` outside 1 to 3,650.
    pub fn days(days: u64) -> Result<Self, Invalid> {
        u32::try_from(days)
            .ok()
            .filter(|days| *days <= Self::MOST)
            .and_then(NonZeroU32::new)
            .map(Self::Days)
            .ok_or_else(|| Invalid::new("out_of_range", "Must be between 1 and 3650."))
    }

    /// Reads what [`Policy::as_str`] says, and the number of days where there is one.
    ///
    /// # Errors
    ///
    /// `invalid_policy`, `required` without days that there must be, `unexpected` with days that there must not.
    pub fn parse(name: &str, days: Option<u64>) -> Result<Self, Invalid> {
        match (name, days) {
            ("days", Some(days)) => Self::days(days),
            ("days", None) => Err(Invalid::new("required", "`days` must be there.")),
            ("keep" | "acknowledged", Some(_)) => {
                Err(Invalid::new("unexpected", "`days` belongs to the policy `days`."))
            }
            ("keep", None) => Ok(Self::Keep),
            ("acknowledged", None) => Ok(Self::Acknowledged),
            _ => Err(Invalid::new("invalid_policy", "Must be keep, days or acknowledged.")),
        }
    }

    /// The number of days, where the policy has one.
    pub const fn number_of_days(self) -> Option<u32> {
        match self {
            Self::Days(days) => Some(days.get()),
            Self::Keep | Self::Acknowledged => None,
        }
    }

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Days(_) => "days",
            Self::Acknowledged => "acknowledged",
        }
    }
}

impl Retention {
    /// What an organization begins with.
    pub const fn initial(organization: OrganizationId) -> Self {
        Self {
            organization,
            policy: Policy::Keep,
            version: Version::FIRST,
            updated_at: None,
        }
    }
}

/// What somebody wants of their messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageSettings {
    /// Whether senders are told that their messages were read. Whether they were delivered, they are told in any case.
    pub read_receipts: bool,
}

impl Default for MessageSettings {
    fn default() -> Self {
        Self { read_receipts: true }
    }
}
