use std::ops::RangeInclusive;
use std::str::FromStr;

use config::{Config, Value, ValueKind};
use secrecy::SecretString;
use url::Url;

use super::masking;
use super::problem::{Problem, origin};

/// Reads typed values and notes every one that is wrong.
///
/// A method that returns `None` has noted why. Sections read all their keys before they look at any result, so that one
/// mistake does not hide the next.
pub(super) struct Reader<'a> {
    merged: &'a Config,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(merged: &'a Config, problems: Vec<Problem>) -> Self {
        Self {
            merged,
            problems,
            warnings: Vec::new(),
        }
    }

    /// Notes that the value of `key` is wrong.
    pub(super) fn refuse(&mut self, key: &str, message: impl Into<String>) {
        let origin = find(&self.merged.cache, key).map_or("nowhere", origin);
        self.problems.push(Problem::new(key, message, origin));
    }

    /// The text of `key`, as it was given.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match find(&self.merged.cache, key).and_then(scalar) {
            Some(text) => Some(text),
            None => {
                self.refuse(key, "must be a single value");
                None
            }
        }
    }

    /// What `parse` makes of `key`; `expected` goes on from "is not".
    pub(super) fn parse<T>(&mut self, key: &str, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let parsed = parse(text.trim());
        if parsed.is_none() {
            self.refuse(key, format!("{}is not {expected}", self.quoted(key)));
        }
        parsed
    }

    /// As [`Reader::parse`], with `Some(None)` for an empty text.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        self.parse(key, expected, |text| {
            if text.is_empty() {
                Some(None)
            } else {
                parse(text).map(Some)
            }
        })
    }

    /// A whole number within `range`.
    pub(super) fn number<T>(&mut self, key: &str, range: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parse(key, &expected, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    /// A URL of one of `schemes`, if there is any.
    pub(super) fn url(&mut self, key: &str, schemes: &[&str]) -> Option<Option<Url>> {
        let named: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://host")).collect();
        self.optional(key, &format!("a URL such as {}", named.join(" or ")), |text| {
            Url::parse(text)
                .ok()
                .filter(|url| schemes.contains(&url.scheme()) && url.has_host())
        })
    }

    /// A secret, if there is one.
    pub(super) fn secret(&mut self, key: &str) -> Option<Option<SecretString>> {
        let text = self.text(key)?;
        Some((!text.is_empty()).then(|| text.into()))
    }

    /// The items of a list, each as `parse` makes of it.
    pub(super) fn list<T>(&mut self, key: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let Some(ValueKind::Array(items)) = find(&self.merged.cache, key).map(|value| &value.kind) else {
            self.refuse(key, "must be a list");
            return None;
        };
        let mut parsed = Vec::new();
        for item in items {
            match scalar(item).and_then(|text| parse(text.trim())) {
                Some(item) => parsed.push(item),
                None => self.refuse(key, format!("{}is not {expected}", masking::quoted(key, item))),
            }
        }
        (parsed.len() == items.len()).then_some(parsed)
    }

    fn quoted(&self, key: &str) -> String {
        find(&self.merged.cache, key)
            .map(|value| masking::quoted(key, value))
            .unwrap_or_default()
    }
}

/// The value of a dotted key.
pub(super) fn find<'a>(root: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(root, |value, name| match &value.kind {
        ValueKind::Table(table) => table.get(name),
        _ => None,
    })
}

fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Nil | ValueKind::Table(_) | ValueKind::Array(_) => None,
        _ => Some(value.kind.to_string()),
    }
}
