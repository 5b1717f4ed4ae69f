use serde_json::{Value, json};
use tenon_kernel::KeyId;

use super::{Keys, KeysError};
use crate::secrets::MasterKeys;

impl Keys {
    /// Prints every key that there is or that a record is under.
    pub(super) async fn status(&self) -> Result<(), KeysError> {
        let census = self.rotation.census().await?;
        let ids = self.ring.ids();
        let role = |id: &KeyId| if *id == census.current { "seals" } else { "opens" };
        let mut keys: Vec<(&KeyId, u64, &str)> = ids.iter().map(|id| (id, census.under(id), role(id))).collect();
        let missing = census.others().filter(|(id, _)| !ids.contains(id));
        keys.extend(missing.map(|(id, records)| (id, records, "missing")));
        let behind = census.behind();
        self.format
            .say(|| Ok(self.object(&keys, behind)), || self.text(&keys, behind))
    }

    fn object(&self, keys: &[(&KeyId, u64, &str)], behind: u64) -> Value {
        let key = |(id, records, role): &(&KeyId, u64, &str)| json!({ "id": id.to_string(), "records": records, "role": role });
        json!({ "source": self.source(), "keys": keys.iter().map(key).collect::<Vec<_>>(), "behind": behind })
    }

    fn text(&self, keys: &[(&KeyId, u64, &str)], behind: u64) -> String {
        let mut lines = vec![format!("the keys come from {}", self.source())];
        lines.extend(keys.iter().map(|(id, records, role)| {
            let role = match *role {
                "missing" => "is not there: these records cannot be read",
                role => role,
            };
            format!("  {id}  {records:>10} records  {role}")
        }));
        lines.push(match behind {
            0 => "every record is under the key that seals".to_owned(),
            records => format!("{records} records are under another key: run `tenon keys rotate`"),
        });
        lines.join("\n")
    }

    fn source(&self) -> String {
        match &self.origin {
            MasterKeys::Given { .. } => "auth.encryption_key and auth.previous_encryption_keys".to_owned(),
            MasterKeys::Made { file, .. } if !file.exists() => "secrets.toml in the data folder".to_owned(),
            MasterKeys::File(path) | MasterKeys::Made { file: path, .. } => path.display().to_string(),
        }
    }
}
