use std::collections::BTreeSet;

use tenon_kernel::KeyId;

use super::{Keys, KeysError};
use crate::secrets::MasterKeys;
use crate::terminal::say;

impl Keys {
    /// Prints every key that there is or that a record is under.
    pub(super) async fn status(&self) -> Result<(), KeysError> {
        let census = self.rotation.census().await?;
        let ids = self.ring.ids();
        say(format_args!("the keys come from {}", self.source()));
        for id in &ids {
            let role = if *id == census.current { "seals" } else { "opens" };
            say(line(id, census.under(id), role));
        }
        let known: BTreeSet<&KeyId> = ids.iter().collect();
        for (id, records) in census.others().filter(|(id, _)| !known.contains(id)) {
            say(line(id, records, "is not there: these records cannot be read"));
        }
        match census.behind() {
            0 => say("every record is under the key that seals"),
            records => say(format_args!(
                "{records} records are under another key: run `tenon keys rotate`"
            )),
        }
        Ok(())
    }

    fn source(&self) -> String {
        match &self.origin {
            MasterKeys::Given { .. } => "auth.encryption_key and auth.previous_encryption_keys".to_owned(),
            MasterKeys::Made { file, .. } if !file.exists() => "secrets.toml in the data folder".to_owned(),
            MasterKeys::File(path) | MasterKeys::Made { file: path, .. } => path.display().to_string(),
        }
    }
}

fn line(key: &KeyId, records: u64, role: &str) -> String {
    format!("  {key}  {records:>10} records  {role}")
}
