use std::collections::BTreeMap;

use config::{FileFormat, Format, Map, Value, ValueKind};

use super::problem::DEFAULT;

/// The text that documents every key and holds its default.
pub const REFERENCE: &str = include_str!("../../../../../config/default.toml");

/// The keys there are, with their defaults: what `config/default.toml` says.
#[derive(Debug)]
pub(super) struct Catalogue(BTreeMap<String, Value>);

impl Catalogue {
    /// The catalogue in the binary. A test reads it, so that it cannot be broken in a built one.
    pub(super) fn embedded() -> Self {
        Self(values_of(REFERENCE, DEFAULT).unwrap_or_default())
    }

    pub(super) fn defaults(&self) -> &BTreeMap<String, Value> {
        &self.0
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn is_list(&self, key: &str) -> bool {
        self.0
            .get(key)
            .is_some_and(|value| matches!(value.kind, ValueKind::Array(_)))
    }

    pub(super) fn is_number(&self, key: &str) -> bool {
        self.0
            .get(key)
            .is_some_and(|value| matches!(value.kind, ValueKind::I64(_)))
    }

    /// The known key that is most like `unknown`; the name counts for more than the section.
    pub(super) fn nearest(&self, unknown: &str) -> Option<&str> {
        let (section, name) = split(unknown);
        let distance = |known: &&String| {
            let (known_section, known_name) = split(known);
            strsim::levenshtein(section, known_section).min(3) + strsim::levenshtein(name, known_name)
        };
        self.0.keys().min_by_key(distance).map(String::as_str)
    }
}

fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

/// The values of a TOML text by dotted key, each with `origin`.
///
/// # Errors
///
/// What is wrong with the text and where, without the text itself: it may hold secrets.
pub(crate) fn values_of(text: &str, origin: &str) -> Result<BTreeMap<String, Value>, String> {
    let document = FileFormat::Toml
        .parse(Some(&origin.to_owned()), text)
        .map_err(|error| without_excerpt(&*error))?;
    let mut values = BTreeMap::new();
    flatten("", document, &mut values);
    Ok(values)
}

fn flatten(prefix: &str, table: Map<String, Value>, values: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value.kind {
            ValueKind::Table(inner) => flatten(&key, inner, values),
            _ => {
                values.insert(key, value);
            }
        }
    }
}

fn without_excerpt(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains('|')).map(str::trim).collect();
    lines.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_found_by_its_name_first() {
        let catalogue = Catalogue::embedded();
        for (unknown, nearest) in [
            ("server.prot", "server.port"),
            ("servr.port", "server.port"),
            ("port", "server.port"),
            ("limit.api_per_min", "limits.api_per_minute"),
            ("auth.jwt_secrets", "auth.jwt_secret"),
            ("enviroment", "environment"),
        ] {
            assert_eq!(catalogue.nearest(unknown), Some(nearest), "{unknown}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_text_is_told_without_the_text() {
        let message = values_of("[auth]\njwt_secret = \"opensesame\n", "x.toml").unwrap_err();
        assert!(message.contains("line 2"), "{message}");
        assert!(!message.contains("opensesame"), "{message}");
    }

    #[test]
    fn every_key_of_the_reference_is_explained_above_it() {
        let mut explained = false;
        for line in REFERENCE.lines() {
            let is_key = line.contains('=') && !line.starts_with('#');
            assert!(!is_key || explained, "{line}");
            // Keys that belong together share one explanation.
            explained = line.starts_with('#') || is_key;
        }
    }
}
