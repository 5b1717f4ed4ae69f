use std::time::Duration;

use tenon_kernel::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Nobody is believed who asks for more.
const MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date, which is over when it is past.
pub(super) fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
            Timestamp::from_micros(date.unix_timestamp().saturating_mul(1_000_000)).since(now)
        }
    };
    Some(wait.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<Duration> {
        parse(text, Timestamp::parse("1994-11-06T08:49:00Z").unwrap())
    }

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(parsed("0"), Some(Duration::ZERO));
        assert_eq!(parsed(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(parsed("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(37)));
    }

    #[test]
    fn a_date_that_is_past_means_now_and_a_year_means_a_day() {
        assert_eq!(parsed("Sun, 06 Nov 1994 08:48:37 GMT"), Some(Duration::ZERO));
        assert_eq!(parsed("31536000"), Some(MOST));
    }

    #[test]
    fn anything_else_says_nothing() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
