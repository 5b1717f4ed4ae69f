use std::fmt;

use serde_json::{Value, json};

/// How it is with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// It works, and should not stay so.
    Warning,
    Failure,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// One word: `database`, `disk`.
    pub thing: &'static str,
    pub state: State,
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    pub fn ok(thing: &'static str, found: impl Into<String>) -> Self {
        Self {
            thing,
            state: State::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    pub fn warning(thing: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            state: State::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(thing, found)
        }
    }

    pub fn failure(thing: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            state: State::Failure,
            remedy: Some(remedy.into()),
            ..Self::ok(thing, found)
        }
    }

    pub fn json(&self) -> Value {
        json!({ "thing": self.thing, "state": self.state.name(), "found": self.found, "remedy": self.remedy })
    }
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// A line, and one more with what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<13} {}", self.state.name(), self.thing, self.found)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n{:<22} -> {remedy}", ""),
            None => Ok(()),
        }
    }
}

/// What the configuration itself warns of.
pub fn configured(warning: &str) -> Finding {
    Finding {
        state: State::Warning,
        ..Finding::ok("configuration", warning)
    }
}
