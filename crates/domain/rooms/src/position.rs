use std::fmt;

use tenon_kernel::Invalid;
use uuid::Uuid;

/// One life of a room's count: offsets of different epochs have nothing to do with one another. Opaque, 32 digits of
/// lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Epoch(u128);

impl Epoch {
    /// An epoch that never was before.
    pub fn random() -> Self {
        Self(Uuid::new_v4().as_u128())
    }

    /// # Errors
    ///
    /// `invalid_epoch`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 32
            && text.bytes().all(digit)
            && let Ok(epoch) = u128::from_str_radix(text, 16)
        {
            return Ok(Self(epoch));
        }
        Err(Invalid::new("invalid_epoch", "Must be an epoch as the server gave it."))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How many events a room has had in its epoch: the first has offset 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(u64);

impl Offset {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The offset of the event with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Of the event that follows.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A point in a room's sequence of events: of an event, or of whoever has heard all up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// In which count.
    pub epoch: Epoch,
    /// Where in it.
    pub offset: Offset,
}

impl Position {
    /// The position of the event that follows in the same epoch.
    #[must_use]
    pub const fn next(self) -> Self {
        Self {
            epoch: self.epoch,
            offset: self.offset.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_read_back_as_they_print() {
        for epoch in [Epoch(0), Epoch(0xf), Epoch(u128::MAX), Epoch::random()] {
            assert_eq!(Epoch::parse(&epoch.to_string()), Ok(epoch));
        }
        assert_ne!(Epoch::random(), Epoch::random());
    }

    #[test]
    fn only_32_lower_case_digits_are_an_epoch() {
        let good = "0123456789abcdef0123456789abcdef";
        assert!(Epoch::parse(good).is_ok());
        for text in [
            "",
            "0",
            &good[1..],
            &good.to_uppercase(),
            &format!("+{}", &good[1..]),
            &format!("{good}0"),
        ] {
            assert_eq!(Epoch::parse(text).unwrap_err().code, "invalid_epoch", "{text}");
        }
    }
}
