use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use secrecy::SecretString;

use super::changes::{Changes, Value};
use super::folder::Folder;
use super::seal::Sealer;
use super::{History, StoreError, frames};

const FILE: &str = "state-";

/// The file is written anew when it is so much larger than what is left in it.
const GROWN: u64 = 4;

/// And only from this size on, in bytes.
const SMALLEST: u64 = 1 << 20;

/// Values under names, kept in memory and in a file.
pub struct Store {
    folder: Arc<Folder>,
    sealer: Arc<Sealer>,
    state: Mutex<State>,
}

struct State {
    values: BTreeMap<String, Value>,
    generation: u64,
    /// Frames in the file.
    frames: u64,
    file: File,
    length: u64,
    poisoned: bool,
}

fn file_name(generation: u64) -> String {
    format!("{FILE}{generation}")
}

/// What a frame is sealed for: its place, so that frames cannot be exchanged.
fn context(generation: u64, frame: u64) -> [u8; 16] {
    (u128::from(generation) << 64 | u128::from(frame)).to_be_bytes()
}

impl Store {
    /// Opens a folder, which is made if there is none. A new one is sealed if there is a passphrase.
    ///
    /// # Errors
    ///
    /// As [`StoreError`] says.
    pub fn open(path: &Path, passphrase: Option<&SecretString>) -> Result<Self, StoreError> {
        let folder = Arc::new(Folder::open(path)?);
        let sealer = Arc::new(Sealer::of(&folder, passphrase)?);
        let state = Mutex::new(State::read(&folder, &sealer)?);
        Ok(Self { folder, sealer, state })
    }

    /// What is stored under a name.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.state.lock().values.get(name).cloned()
    }

    /// Everything whose name begins so, in the order of the names.
    pub fn list(&self, prefix: &str) -> Vec<(String, Value)> {
        let state = self.state.lock();
        let from = state.values.range(prefix.to_owned()..);
        from.take_while(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Makes the changes, all or none. They are on the disk when it returns, and it takes as long as the disk does.
    ///
    /// # Errors
    ///
    /// As [`StoreError`] says; then none of them was made.
    pub fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        self.write(changes, true)
    }

    /// The same for what may be forgotten when the machine, not just the process, stops within the next seconds.
    ///
    /// # Errors
    ///
    /// As [`StoreError`] says; then none of them was made.
    pub fn commit_lazily(&self, changes: Changes) -> Result<(), StoreError> {
        self.write(changes, false)
    }

    /// The history that is kept in the folder.
    pub fn history(&self) -> History {
        History::new(Arc::clone(&self.folder), Arc::clone(&self.sealer))
    }

    fn write(&self, changes: Changes, durably: bool) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut state = self.state.lock();
        state.append(&self.sealer, &changes, durably)?;
        state.take(changes);
        if state.length > SMALLEST && state.length > GROWN * state.size() {
            state.write_anew(&self.folder, &self.sealer)?;
        }
        Ok(())
    }
}

fn too_large() -> StoreError {
    io::Error::other("too much to store at once").into()
}

impl State {
    fn read(folder: &Folder, sealer: &Sealer) -> Result<Self, StoreError> {
        let names = folder.names()?;
        let mut generations: Vec<u64> = names
            .iter()
            .filter_map(|name| name.strip_prefix(FILE)?.parse().ok())
            .collect();
        generations.sort_unstable();
        let generation = generations.pop().unwrap_or(0);
        for old in generations {
            folder.remove(&file_name(old))?;
        }
        let name = file_name(generation);
        let bytes = folder.read(&name)?.unwrap_or_default();
        let damaged = || StoreError::Damaged(name.clone());
        let read = frames::read(&bytes).ok_or_else(damaged)?;
        let mut state = Self {
            values: BTreeMap::new(),
            generation,
            frames: 0,
            file: folder.append(&name)?,
            length: u64::try_from(read.end).map_err(|_| damaged())?,
            poisoned: false,
        };
        for payload in read.payloads {
            let plain = sealer.open(payload, &context(generation, state.frames));
            let changes = plain.and_then(|plain| Changes::decode(&plain)).ok_or_else(damaged)?;
            state.take(changes);
            state.frames += 1;
        }
        state.file.set_len(state.length)?;
        state.file.sync_all()?;
        Ok(state)
    }

    fn append(&mut self, sealer: &Sealer, changes: &Changes, durably: bool) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        let plain = changes.encode().ok_or_else(too_large)?;
        let payload = sealer.seal(&plain, &context(self.generation, self.frames))?;
        let frame = frames::frame(&payload).ok_or_else(too_large)?;
        let mut written = self.file.write_all(&frame);
        if durably && written.is_ok() {
            written = self.file.sync_data();
        }
        if let Err(error) = written {
            // Whatever is there of it must not be in front of the next one.
            self.poisoned = self.file.set_len(self.length).is_err();
            return Err(error.into());
        }
        self.length += u64::try_from(frame.len()).unwrap_or(u64::MAX);
        self.frames += 1;
        Ok(())
    }

    fn take(&mut self, changes: Changes) {
        for (name, value) in changes.into_entries() {
            match value {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(&name),
            };
        }
    }

    /// About how many bytes a file with what is left would have.
    fn size(&self) -> u64 {
        let bytes = self.values.iter().map(|(name, value)| name.len() + value.len() + 8);
        u64::try_from(bytes.sum::<usize>()).unwrap_or(u64::MAX)
    }

    fn write_anew(&mut self, folder: &Folder, sealer: &Sealer) -> Result<(), StoreError> {
        let mut all = Changes::new();
        for (name, value) in &self.values {
            all.put(name.as_str(), value.clone());
        }
        let generation = self.generation + 1;
        let plain = all.encode().ok_or_else(too_large)?;
        let payload = sealer.seal(&plain, &context(generation, 0))?;
        let frame = frames::frame(&payload).ok_or_else(too_large)?;
        folder.replace(&file_name(generation), &frame)?;
        self.file = folder.append(&file_name(generation))?;
        folder.remove(&file_name(self.generation))?;
        self.length = u64::try_from(frame.len()).unwrap_or(u64::MAX);
        (self.generation, self.frames) = (generation, 1);
        Ok(())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}
