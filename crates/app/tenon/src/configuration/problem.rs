use std::fmt;

use config::Value;
use serde_json::json;

/// The origin of what nobody set.
pub(super) const DEFAULT: &str = "default";

/// One mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    key: String,
    message: String,
    origin: String,
}

impl Problem {
    pub(super) fn new(key: impl Into<String>, message: impl Into<String>, origin: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            message: message.into(),
            origin: origin.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (from {})", self.key, self.message, self.origin)
    }
}

/// Every mistake in the configuration, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// For programs.
    pub fn object(&self) -> serde_json::Value {
        let problem = |problem: &Problem| {
            let Problem { key, message, origin } = problem;
            json!({ "key": key, "message": message, "origin": origin })
        };
        self.0.iter().map(problem).collect()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Where a value came from: a path, the name of a variable, or [`DEFAULT`].
pub(super) fn origin(value: &Value) -> &str {
    value.origin().unwrap_or(DEFAULT)
}
