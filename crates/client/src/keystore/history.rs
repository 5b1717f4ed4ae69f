use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;

use super::changes::Value;
use super::folder::Folder;
use super::seal::Sealer;
use super::{StoreError, frames};

/// Records that are only ever added, a file for each subject. They are not kept in memory.
pub struct History {
    folder: Arc<Folder>,
    sealer: Arc<Sealer>,
    /// Up to where each file is whole.
    lengths: Mutex<BTreeMap<String, u64>>,
}

fn file_name(subject: &str) -> String {
    format!("history-{subject}")
}

impl History {
    pub(super) fn new(folder: Arc<Folder>, sealer: Arc<Sealer>) -> Self {
        Self {
            folder,
            sealer,
            lengths: Mutex::default(),
        }
    }

    /// Adds records on a subject. They are on the disk when it returns.
    ///
    /// # Errors
    ///
    /// As [`StoreError`] says. Then some of them may have been added; adding them once more is what to do.
    pub fn add(&self, subject: &str, records: &[Value]) -> Result<(), StoreError> {
        let name = file_name(subject);
        let mut bytes = Vec::new();
        for record in records {
            let sealed = self.sealer.seal(record, name.as_bytes())?;
            let frame = frames::frame(&sealed).ok_or_else(|| std::io::Error::other("too long a record"))?;
            bytes.extend_from_slice(&frame);
        }
        // What an earlier process wrote in part would hide what follows it.
        let mut lengths = self.lengths.lock();
        let length = match lengths.remove(&name) {
            Some(length) => length,
            None => self.whole(&name)?,
        };
        let mut file = self.folder.append(&name)?;
        file.set_len(length)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        lengths.insert(name, length + u64::try_from(bytes.len()).unwrap_or(0));
        Ok(())
    }

    /// All records on a subject, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// As [`StoreError`] says.
    pub fn read(&self, subject: &str) -> Result<Vec<Value>, StoreError> {
        let name = file_name(subject);
        let damaged = || StoreError::Damaged(name.clone());
        let bytes = self.folder.read(&name)?.unwrap_or_default();
        let read = frames::read(&bytes).ok_or_else(damaged)?;
        let opened = read
            .payloads
            .iter()
            .map(|sealed| self.sealer.open(sealed, name.as_bytes()).ok_or_else(damaged));
        opened.collect()
    }

    fn whole(&self, name: &str) -> Result<u64, StoreError> {
        let damaged = || StoreError::Damaged(name.to_owned());
        let bytes = self.folder.read(name)?.unwrap_or_default();
        let read = frames::read(&bytes).ok_or_else(damaged)?;
        u64::try_from(read.end).map_err(|_| damaged())
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("History")
    }
}
