use std::fmt::Display;

use clap::Args;

use crate::terminal;

/// How an answer is written.
#[derive(Debug, Clone, Copy, Args)]
pub struct Format {
    /// Write JSON: one object, or one a line for each thing.
    #[arg(long)]
    pub json: bool,
}

impl Format {
    /// JSON if either asks for it: an option may stand before a subcommand and behind it.
    pub const fn or(self, other: Self) -> Self {
        Self {
            json: self.json || other.json,
        }
    }

    /// Writes a thing to standard output: as JSON, or as a person reads it.
    ///
    /// # Errors
    ///
    /// Those of `object`.
    pub fn say<J: Display, T: Display, E>(
        self,
        object: impl FnOnce() -> Result<J, E>,
        text: impl FnOnce() -> T,
    ) -> Result<(), E> {
        if self.json {
            terminal::say(object()?);
        } else {
            terminal::say(text());
        }
        Ok(())
    }

    /// Writes what is said on the way: to standard error where standard output is for JSON.
    pub fn note(self, text: impl Display) {
        if self.json {
            terminal::tell(text);
        } else {
            terminal::say(text);
        }
    }
}
