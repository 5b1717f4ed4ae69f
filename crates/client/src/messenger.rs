//! The whole of it: [`Messenger::open`], [`Messenger::send`], [`Messenger::next`].

mod channels;
mod command;
mod diary;
mod following;
mod hearing;
mod inbound;
mod incoming;
mod mailbox;
mod outbound;
mod outbox;
mod own;
mod people;
mod sealing;
mod seen;
mod sent;
mod worker;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::api::ApiError;
use crate::encoding::NoRandomness;
use crate::keylog::KeyLogError;
use crate::keystore::{Changes, Store, StoreError};
use crate::safety::SafetyNumber;
use crate::session::{Session, SignInError};
use command::Command;
pub use diary::Record;
use incoming::Delivery;
pub use incoming::{Incoming, Message, Mode, NotSent, Progress, Undecryptable};
pub use own::Options;
use worker::Worker;

/// The most bytes of a text.
pub const LONGEST_TEXT: usize = 48 * 1024;

/// Why the messenger did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, or was not reached.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The key store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key store has the messages of somebody else, or of another organization.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// See [`NoRandomness`].
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// What is in the key store cannot be read.
    #[error("{0} in the key store cannot be read")]
    Unreadable(&'static str),
    /// The account has a simple public key whose private key is elsewhere. [`Options::replace_key`] puts this one in its place.
    #[error("the account's public key was made elsewhere, and its private key is not here")]
    OtherKey,
    /// The device was removed from the account. A new folder makes a new one.
    #[error("this device was removed from the account")]
    DeviceRemoved,
    /// The key log is not what it was, or not what the server's keys are.
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
    /// Texts have 1 to 49,152 bytes.
    #[error("a text has 1 to 49,152 bytes")]
    TextLength,
    /// The messenger has ended; the last [`Incoming`] says why.
    #[error("the messenger has ended")]
    Closed,
}

/// Two people's number, and whether it was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// What both see.
    pub number: SafetyNumber,
    /// Whether [`Messenger::verified`] was said of this very number.
    pub verified: bool,
}

/// Sends and receives messages as who is signed in.
///
/// It works by itself in the background, until it is dropped: connects again, sends what waits, keeps prekeys at the server. What
/// came is kept until [`Self::next`] was called once more, so that a process that ends in between gets it again.
pub struct Messenger {
    session: Arc<Session>,
    commands: mpsc::Sender<Command>,
    incoming: mpsc::UnboundedReceiver<Delivery>,
    /// What the caller is still busy with.
    current: Option<u64>,
    worker: JoinHandle<()>,
}

impl Messenger {
    /// Begins: makes keys, where there are none, and connects. Must be called in a Tokio runtime.
    ///
    /// # Errors
    ///
    /// As [`Error`] says.
    pub async fn open(session: Session, options: Options) -> Result<Self, Error> {
        let session = Arc::new(session);
        let (commands, asked) = mpsc::channel(64);
        let (tell, incoming) = mpsc::unbounded_channel();
        let worker = Worker::begin(Arc::clone(&session), options, asked, tell).await?;
        Ok(Self {
            session,
            commands,
            incoming,
            current: None,
            worker: tokio::spawn(worker.work()),
        })
    }

    /// Who is signed in.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Puts a message on its way. It is on the disk when this returns, and is sent as soon as that is possible, once; the id is what
    /// [`Incoming`] calls it by.
    ///
    /// # Errors
    ///
    /// [`Error::TextLength`], [`Error::Store`], [`Error::Closed`].
    pub async fn send(&self, to: Uuid, text: impl Into<String>) -> Result<Uuid, Error> {
        let text = text.into();
        if text.is_empty() || text.len() > LONGEST_TEXT {
            return Err(Error::TextLength);
        }
        self.ask(|reply| Command::Send { to, text, reply }).await?
    }

    /// The next thing that happened. What the call before returned counts as taken care of: it is acknowledged and not told
    /// again. `None` when the messenger has ended. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Incoming> {
        if let Some(seq) = self.current {
            let _ = self.commands.send(Command::Handled(seq)).await;
            self.current = None;
        }
        let delivery = self.incoming.recv().await?;
        self.current = delivery.seq;
        Some(delivery.incoming)
    }

    /// Tells somebody that their messages were read, up to the one with this `seq`, unless one's settings forbid it.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn read(&self, peer: Uuid, up_to: u64) -> Result<(), Error> {
        let command = Command::Read { peer, up_to };
        self.commands.send(command).await.map_err(|_| Error::Closed)
    }

    /// The safety number with somebody, of the keys that the server shows now. `None` when one of the two has no keys.
    ///
    /// # Errors
    ///
    /// [`Error::Api`], [`Error::KeyLog`], [`Error::Closed`].
    pub async fn safety(&self, peer: Uuid) -> Result<Option<Safety>, Error> {
        self.ask(|reply| Command::Safety { peer, reply }).await?
    }

    /// Remembers that the two have compared this number. A later change of keys takes it back, and [`Incoming`] says so; from then
    /// on messages to them are refused as `keys_changed`, until this or [`Self::accept`] is said.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Closed`].
    pub async fn verified(&self, peer: Uuid, number: SafetyNumber) -> Result<(), Error> {
        self.ask(|reply| Command::Verified { peer, number, reply }).await?
    }

    /// Writes to somebody whose keys changed since the numbers were compared, without comparing them anew.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Closed`].
    pub async fn accept(&self, peer: Uuid) -> Result<(), Error> {
        self.ask(|reply| Command::Accept { peer, reply }).await?
    }

    /// Everybody who is not written to because their keys changed since the numbers were compared.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn lapsed(&self) -> Result<Vec<Uuid>, Error> {
        self.ask(Command::Lapsed).await?
    }

    /// What was said with somebody, in order, the latest `most` of it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Closed`].
    pub async fn history(&self, peer: Uuid, most: usize) -> Result<Vec<Record>, Error> {
        self.ask(|reply| Command::History { peer, most, reply }).await?
    }

    /// Messages that the server does not have yet.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn unsent(&self) -> Result<usize, Error> {
        self.ask(Command::Unsent).await
    }

    /// Ends in good order. What waits to be sent is sent the next time.
    pub async fn close(mut self) {
        if let Some(seq) = self.current.take() {
            let _ = self.commands.send(Command::Handled(seq)).await;
        }
        drop(self.commands);
        drop(self.incoming);
        let _ = self.worker.await;
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)
    }
}

impl fmt::Debug for Messenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Messenger({})", self.session.user())
    }
}

/// Commits without holding up the runtime.
pub(crate) async fn commit(store: &Arc<Store>, changes: Changes) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let store = Arc::clone(store);
    let done = tokio::task::spawn_blocking(move || store.commit(changes)).await;
    done.unwrap_or(Err(StoreError::Poisoned))
}
