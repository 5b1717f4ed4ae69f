use std::time::{Duration, Instant};

use serde_json::json;
use tenon_crypto::{KeyFile, KeyFileLock};
use tenon_kernel::{Action, KeyId};
use tenon_vault::Progress;
use tokio::time::sleep;

use super::{Keys, KeysError};
use crate::secrets::MasterKeys;
use crate::terminal::{say, tell};

/// By then every instance that can read the file has read it, and what it was writing is written.
const SETTLED: Duration = Duration::from_secs(3);
/// The longest that a request takes, and more: nothing comes under an old key after that.
const QUIET: Duration = Duration::from_secs(60);
/// An instance that goes on for longer under an old key does not see the file.
const PASSES: u32 = 10;
/// For so long answers and tickets are kept that no rotation reaches.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Between two lines of progress.
const SILENCE: Duration = Duration::from_secs(1);

impl Keys {
    /// Brings all records under the key that seals: a new one, unless an earlier rotation left records behind.
    pub(super) async fn rotate(&self) -> Result<(), KeysError> {
        let Some(file) = self.file() else {
            return self.rotate_configured().await;
        };
        let lock = file.lock()?;
        let left = self.left_behind().await?;
        if left > 0 {
            self.format.note(format_args!(
                "{left} records are under other keys: going on where the last rotation ended"
            ));
        } else {
            self.refuse_to_begin_anew(&file).await?;
            let key = self.add_key(&file, &lock)?;
            self.enter(Action::KeysRotated, &key).await?;
        }
        self.rewrap_all(file.age()?).await?;
        self.sum_up().await?;
        self.format
            .note("after a day, `tenon keys rotate --finish` takes the keys away that nothing is under any more");
        Ok(())
    }

    /// Goes on until nothing is left under another key that is here. The file has been as it is for `age`.
    async fn rewrap_all(&self, age: Duration) -> Result<(), KeysError> {
        let begun = Instant::now();
        let mut done = self.rewrap().await;
        // What instances wrote with the old key before they read the file.
        sleep(SETTLED.saturating_sub(age + begun.elapsed())).await;
        for _ in 0..PASSES {
            if self.left_behind().await? == 0 {
                break;
            }
            done = done.and(self.rewrap().await);
            if done.is_err() {
                break;
            }
        }
        done
    }

    /// A new file in the place of one that was lost would hide the loss, and servers would forget keys that they still have.
    async fn refuse_to_begin_anew(&self, file: &KeyFile) -> Result<(), KeysError> {
        let known = self.ring.ids();
        let census = self.rotation.census().await?;
        let lost = census
            .others()
            .filter(|(key, _)| !known.contains(key))
            .map(|(_, records)| records)
            .sum();
        if lost > 0 && !file.exists() {
            return Err(KeysError::Lost(lost));
        }
        Ok(())
    }

    async fn rotate_configured(&self) -> Result<(), KeysError> {
        let left = self.left_behind().await?;
        if left > 0 {
            self.format.note(format_args!(
                "{left} records are under other keys than auth.encryption_key"
            ));
            self.rewrap().await?;
            let current = self.rotation.census().await?.current;
            self.enter(Action::KeysRotated, &current).await?;
        }
        self.sum_up().await?;
        self.format.note(
            "to change the key: put a new one into auth.previous_encryption_keys of every instance and restart them; then let it \
             change places with auth.encryption_key, restart them again, and run this once more",
        );
        Ok(())
    }

    /// Takes away what nothing is under.
    pub(super) async fn finish(&self, at_once: bool) -> Result<(), KeysError> {
        let file = self.file().ok_or(KeysError::NoFile)?;
        let lock = file.lock()?;
        if !file.exists() {
            self.format.note("there is one key, and it stays");
            return self.finished(&[]);
        }
        let (least, why) = match at_once {
            true => (QUIET, "no instance still writes with an old key"),
            false => (
                KEPT,
                "no answer or ticket that is kept for a day needs an old key (or use --at-once)",
            ),
        };
        let wait = least.saturating_sub(file.age()?);
        if !wait.is_zero() {
            return Err(KeysError::TooEarly { wait, why });
        }
        let census = self.rotation.census().await?;
        let gone = file.keep(&lock, |key| census.under(key) > 0)?;
        for key in &gone {
            self.enter(Action::KeyRetired, key).await?;
            self.format.note(format_args!(
                "{key} is gone; a backup of the database from its time opens with it alone"
            ));
        }
        if gone.is_empty() {
            self.format
                .note("no key goes: records are under all of them, or there is one");
        }
        self.finished(&gone)
    }

    /// For programs, which keys went.
    fn finished(&self, gone: &[KeyId]) -> Result<(), KeysError> {
        if self.format.json {
            let gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
            say(json!({ "retired": gone }));
        }
        Ok(())
    }

    /// Records under keys that are there but do not seal.
    async fn left_behind(&self) -> Result<u64, KeysError> {
        let (census, ids) = (self.rotation.census().await?, self.ring.ids());
        let known = census.others().filter(|(key, _)| ids.contains(key));
        Ok(known.map(|(_, records)| records).sum())
    }

    fn add_key(&self, file: &KeyFile, lock: &KeyFileLock) -> Result<KeyId, KeysError> {
        if let (MasterKeys::Made { key, .. }, false) = (&self.origin, file.exists()) {
            file.create(lock, key)?;
        }
        let key = file.add(lock)?;
        self.ring.refresh()?;
        self.format
            .note(format_args!("{key} is the new key, first in {}", file.path().display()));
        Ok(key)
    }

    async fn rewrap(&self) -> Result<(), KeysError> {
        let mut told = Instant::now();
        let report = |progress: Progress| {
            if told.elapsed() >= SILENCE || progress.done == progress.all {
                told = Instant::now();
                self.format
                    .note(format_args!("{} of {} records", progress.done, progress.all));
            }
        };
        let unreadable = self.rotation.run(report).await?;
        for record in unreadable.iter().take(20) {
            tell(format_args!(
                "{} {}: {}",
                record.slot.table, record.slot.row, record.why
            ));
        }
        match unreadable.len() {
            0 => Ok(()),
            records => Err(KeysError::Unreadable(records)),
        }
    }

    async fn sum_up(&self) -> Result<(), KeysError> {
        let census = self.rotation.census().await?;
        let (current, behind) = (&census.current, census.behind());
        let records = census.under(current);
        self.format.say(
            || Ok::<_, KeysError>(json!({ "key": current.to_string(), "records": records, "behind": behind })),
            || match behind {
                0 => format!("all {records} records are under {current}"),
                left => format!("{records} records are under {current} and {left} are not"),
            },
        )?;
        match behind {
            0 => Ok(()),
            left => Err(KeysError::Behind(left)),
        }
    }
}
