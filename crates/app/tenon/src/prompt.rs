//! What a person is asked on the terminal.

use std::io::{self, IsTerminal as _};

use secrecy::SecretString;

use crate::terminal;

/// A question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nobody sits in front of it.
    #[error("{0} is needed, and the input is no terminal to ask on")]
    NoTerminal(&'static str),
    /// They do not want it.
    #[error("nothing was done")]
    Declined,
    /// Reading failed.
    #[error("the answer cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Asks a person. `what` is called by this name when there is none.
pub fn ask(question: &str, what: &'static str) -> Result<String, PromptError> {
    if !io::stdin().is_terminal() {
        return Err(PromptError::NoTerminal(what));
    }
    terminal::ask(question);
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// Has a person confirm what cannot be undone, unless `--yes` says that nobody is to be asked.
pub fn confirm(question: &str, is_sure: bool) -> Result<(), PromptError> {
    if is_sure {
        return Ok(());
    }
    match ask(&format!("{question} [y/N]"), "--yes")?.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(PromptError::Declined),
    }
}

/// A secret of the environment, or one that a person types and nobody sees.
pub fn secret(variable: &str, question: &str, what: &'static str) -> Result<SecretString, PromptError> {
    if let Ok(secret) = std::env::var(variable) {
        return Ok(secret.into());
    }
    if !io::stdin().is_terminal() {
        return Err(PromptError::NoTerminal(what));
    }
    terminal::ask(question);
    Ok(rpassword::read_password()?.into())
}
