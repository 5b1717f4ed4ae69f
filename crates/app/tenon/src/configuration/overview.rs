use std::fmt;

use config::Config;
use serde_json::json;

use super::catalogue::Catalogue;
use super::masking;
use super::problem::origin;
use super::reader::find;

/// Every key with its value, secrets masked, and where the value came from, in the notation of TOML.
#[derive(Debug)]
pub struct Overview(Vec<Line>);

#[derive(Debug)]
struct Line {
    key: String,
    value: String,
    object: serde_json::Value,
    origin: String,
}

impl Overview {
    pub(super) fn new(catalogue: &Catalogue, merged: &Config) -> Self {
        let line = |key: &String| {
            let value = find(&merged.cache, key)?;
            Some(Line {
                key: key.clone(),
                value: masking::shown(key, value),
                object: masking::object(key, value),
                origin: origin(value).to_owned(),
            })
        };
        Self(catalogue.defaults().keys().filter_map(line).collect())
    }

    /// For programs: what each key has, and where that came from.
    pub fn object(&self) -> serde_json::Value {
        let line = |line: &Line| {
            let shown = json!({ "value": line.object, "origin": line.origin });
            (line.key.clone(), shown)
        };
        serde_json::Value::Object(self.0.iter().map(line).collect())
    }
}

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assigned = |line: &Line| format!("{} = {}", line.key, line.value);
        let width = self
            .0
            .iter()
            .map(|line| assigned(line).chars().count())
            .max()
            .unwrap_or_default();
        for (number, line) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{:<width$}  # {}", assigned(line), line.origin)?;
        }
        Ok(())
    }
}
