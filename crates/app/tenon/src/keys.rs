//! `tenon keys`: which keys there are, and how records come under a new one.

mod rotation;
mod status;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tenon_crypto::{KeyFile, KeyFileError, Ring, RingError};
use tenon_kernel::{Action, Clock, Entry, Journal, KeyId, SubjectKind, Unavailable};
use tenon_local::SystemClock;
use tenon_vault::Rotation;
use tokio::runtime;

use crate::command_line::{Format, KeysCommand};
use crate::configuration::Settings;
use crate::operator;
use crate::secrets::{MasterKeys, Secrets, SecretsError};
use crate::wiring::{self, WiringError};

/// Why nothing, or not all, was done with the keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    File(#[from] KeyFileError),
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Some records stay under their key.
    #[error("{0} records do not open and stay under their keys; every other one is under the current key")]
    Unreadable(usize),
    /// Not all is done.
    #[error(
        "{0} records are under other keys still: see with `tenon keys status` that these are here, and run this again"
    )]
    Behind(u64),
    /// Something may still be under a key that is to go.
    #[error("no key goes yet: try again in {} s, so that {why}", .wait.as_secs() + 1)]
    TooEarly { wait: Duration, why: &'static str },
    /// The file of keys was there, and is not any more.
    #[error("{0} records are under keys that are not here: put the file of keys back before anything else")]
    Lost(u64),
    /// There is no file to take keys out of.
    #[error("the keys are configured: take the old one out of auth.previous_encryption_keys")]
    NoFile,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a command works with.
struct Keys {
    ring: Arc<Ring>,
    origin: MasterKeys,
    rotation: Rotation,
    journal: Arc<dyn Journal>,
    format: Format,
}

/// Does what the command says.
///
/// # Errors
///
/// As [`KeysError`] says.
pub fn run(settings: &Settings, command: KeysCommand) -> Result<(), KeysError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let format = match command {
            KeysCommand::Status(format) => format,
            KeysCommand::Rotate(rotate) => rotate.format,
        };
        let keys = Keys::open(settings, format).await?;
        match command {
            KeysCommand::Status(_) => keys.status().await,
            KeysCommand::Rotate(rotate) if rotate.finish => keys.finish(rotate.at_once).await,
            KeysCommand::Rotate(_) => keys.rotate().await,
        }
    })
}

impl Keys {
    async fn open(settings: &Settings, format: Format) -> Result<Self, KeysError> {
        let secrets = Secrets::complete(settings.auth.secrets.clone(), &settings.data.folder)?;
        let ring = Arc::new(wiring::ring(&secrets.encryption)?);
        let store = wiring::open(settings).await?;
        Ok(Self {
            rotation: Rotation::new(store.wrappings, Arc::<Ring>::clone(&ring)),
            ring,
            origin: secrets.encryption,
            journal: store.journal,
            format,
        })
    }

    /// Tells the audit log of a key.
    async fn enter(&self, action: Action, key: &KeyId) -> Result<(), KeysError> {
        let now = SystemClock::default().now();
        let entry = Entry::new(now, operator::author("keys"), action).about(SubjectKind::Key, key);
        Ok(self.journal.enter(&entry).await?)
    }

    /// The file that a rotation changes, if the keys come from one.
    fn file(&self) -> Option<KeyFile> {
        match &self.origin {
            MasterKeys::Given { .. } => None,
            MasterKeys::File(path) | MasterKeys::Made { file: path, .. } => Some(KeyFile::new(path)),
        }
    }
}
