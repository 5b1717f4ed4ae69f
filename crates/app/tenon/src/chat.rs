//! `tenon chat`: the client library on a terminal, and for programs by lines of JSON.

mod account;
mod conversation;
mod event;
mod folder;
mod input;
mod people;
mod screen;
mod warnings;

use std::io::{self, IsTerminal as _};

use tenon_client::keystore::StoreError;
use tenon_client::messenger::{self, Options};
use tenon_client::session::SignInError;
use tenon_client::{Messenger, api};
use tokio::runtime;

use crate::command_line::ChatArguments;
use crate::prompt::PromptError;
use conversation::Conversation;
use input::Input;
use screen::Screen;

/// Why there was no talk, or no more of it.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// There is no runtime.
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
    /// Nobody answered a question.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The folder cannot be used.
    #[error("the folder {1}: {0}")]
    Store(#[source] StoreError, std::path::PathBuf),
    /// The system has no folder for configuration.
    #[error("there is no configuration folder: give one with --store")]
    NoFolder,
    /// Signing in failed.
    #[error("signing in: {0}")]
    SignIn(#[from] SignInError),
    /// The server was asked in vain.
    #[error(transparent)]
    Api(#[from] api::ApiError),
    /// The messenger failed.
    #[error(transparent)]
    Messenger(#[from] messenger::Error),
    /// The person is in no organization of that name.
    #[error("you are in no organization that is called {0}")]
    NoOrganization(String),
    /// There is nobody with the address of `--to`.
    #[error("nobody in your organization has the address {0}")]
    Nobody(String),
    /// The messenger cannot go on.
    #[error("{0}")]
    Ended(String),
}

/// Talks until the input ends or the person wants to quit.
///
/// # Errors
///
/// As [`ChatError`] says.
pub fn run(arguments: &ChatArguments) -> Result<(), ChatError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(talk(arguments));
    // Nobody waits for a line that is still to be read.
    runtime.shutdown_background();
    outcome
}

async fn talk(arguments: &ChatArguments) -> Result<(), ChatError> {
    let screen = if arguments.format.json || !io::stdout().is_terminal() {
        Screen::Program
    } else {
        Screen::Person
    };
    let options = Options {
        simple_only: arguments.simple,
        device_name: Some("terminal".to_owned()),
        replace_key: arguments.replace_key,
    };
    let folder = folder::of(arguments)?;
    let store = folder::open(&folder, arguments)?;
    let session = account::session(arguments, &store).await?;
    let messenger = match Messenger::open(session, options.clone()).await {
        // What was kept of the session is not worth anything any more.
        Err(messenger::Error::Api(api::ApiError::SignedOut)) => {
            let session = account::sign_in(arguments, &store).await?;
            Messenger::open(session, options).await?
        }
        opened => opened?,
    };
    let input = Input::of_this_process();
    let conversation = Conversation::begin(messenger, screen, input, arguments.to.as_deref()).await?;
    conversation.go_on().await
}
