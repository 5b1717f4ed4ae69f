use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Invalid;

/// A moment in UTC, in whole microseconds since 1970: the precision of Postgres, so that a stored time reads back equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment and `span` more.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment less `span`.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// The time from `earlier` to here; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339 with any offset; digits past the microsecond are dropped.
    ///
    /// # Errors
    ///
    /// `invalid_time` when the text is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .and_then(|time| i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).ok())
            .map(Self)
            .ok_or_else(|| Invalid::new("invalid_time", "Must be an RFC 3339 time such as 2026-01-31T12:00:00Z."))
    }
}

/// RFC 3339 with six digits and `Z`, always the same width. Listings consist of times to a good part, so no formatter is asked for each number.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp(self.as_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second) = time.to_hms();
        let micros = self.0.rem_euclid(1_000_000);
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        for (place, number) in [
            (0..4, i64::from(year)),
            (5..7, i64::from(u8::from(month))),
            (8..10, i64::from(day)),
            (11..13, i64::from(hour)),
            (14..16, i64::from(minute)),
            (17..19, i64::from(second)),
            (20..26, micros),
        ] {
            let mut rest = number;
            for digit in text.get_mut(place).into_iter().flatten().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
                rest /= 10;
            }
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Where the time comes from, so that tests can set it.
pub trait Clock: Send + Sync {
    /// The time now. Two calls may return the same value; a call MUST NOT return less than an earlier one of the same
    /// process did, unless the system clock was set back.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_with_six_digits_and_read_back() {
        let time = Timestamp::from_micros(1_767_225_599_000_042);
        assert_eq!(time.to_string(), "2025-12-31T23:59:59.000042Z");
        assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }

    #[test]
    fn times_print_as_the_library_that_reads_them_writes_them() {
        for seconds in (0..4_000_000_000).step_by(86_399 * 31 + 7) {
            let time = Timestamp::from_micros(seconds * 1_000_000 + 7);
            let written = OffsetDateTime::from_unix_timestamp(seconds).unwrap().format(&Rfc3339);
            let written = written.unwrap().replace('Z', ".000007Z");
            assert_eq!(time.to_string(), written);
        }
    }

    #[test]
    fn offsets_are_converted_and_nanoseconds_dropped() {
        let time = Timestamp::parse("2026-01-01T01:00:00.123456789+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-01-01T00:00:00.123456Z");
    }

    #[test]
    fn other_text_is_not_a_time() {
        for text in ["", "yesterday", "2026-01-01", "2026-13-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text).unwrap_err().code, "invalid_time", "{text}");
        }
    }
}
