use std::fmt;

use tenon_kernel::Invalid;
use time::{Date, Month};

/// An amount in the minor units of a currency: `{ 1999, "EUR" }` is 19.99 euros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    amount: i64,
    currency: String,
}

impl Money {
    /// # Errors
    ///
    /// `invalid_currency` when the currency is not three capital letters (ISO 4217).
    pub fn new(amount: i64, currency: &str) -> Result<Self, Invalid> {
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Invalid::new(
                "invalid_currency",
                "Must be a three-letter code of ISO 4217 such as EUR.",
            ));
        }
        Ok(Self {
            amount,
            currency: currency.to_owned(),
        })
    }

    /// Minor units.
    pub const fn amount(&self) -> i64 {
        self.amount
    }

    /// Three capital letters.
    pub fn currency(&self) -> &str {
        &self.currency
    }
}

/// A day of the calendar, without a time or a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarDay(Date);

impl CalendarDay {
    /// Reads `YYYY-MM-DD` (RFC 3339, full-date).
    ///
    /// # Errors
    ///
    /// `invalid_date`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::read(text).ok_or_else(|| Invalid::new("invalid_date", "Must be a date such as 2026-01-31."))
    }

    fn read(text: &str) -> Option<Self> {
        let digits = |range| {
            text.get(range)
                .filter(|part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let year = digits(0..4)?.parse().ok()?;
        let month = Month::try_from(digits(5..7)?.parse::<u8>().ok()?).ok()?;
        let day = digits(8..10)?.parse().ok()?;
        dashes.then_some(())?;
        Date::from_calendar_date(year, month, day).ok().map(Self)
    }
}

impl fmt::Display for CalendarDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            u8::from(self.0.month()),
            self.0.day()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!(Money::new(-5, "EUR").unwrap().amount(), -5);
        for currency in ["", "eur", "EURO", "E1R", "ÄÖ"] {
            assert_eq!(
                Money::new(1, currency).unwrap_err().code,
                "invalid_currency",
                "{currency}"
            );
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!(CalendarDay::parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        for text in [
            "",
            "2023-02-29",
            "2026-1-01",
            "20260101",
            "2026-01-01T00:00:00Z",
            "+026-01-01",
            "2026-01-0ä",
        ] {
            assert_eq!(CalendarDay::parse(text).unwrap_err().code, "invalid_date", "{text}");
        }
    }
}
