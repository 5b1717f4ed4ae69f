use std::path::Path;

use serde::{Deserialize, Serialize};
use tenon_sql::{Contents, TableContent};

use super::error::BackupError;
use super::files;

pub const MANIFEST: &str = "manifest.json";

/// The digests of all other files, as `sha256sum -c` reads them.
pub const SUMS: &str = "SHA256SUMS";

/// The format of backups that this binary writes and reads.
pub const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    /// Of the Tenon that made it.
    pub version: String,
    pub made_at: String,
    pub database: Kind,
    /// The version of the server, of Postgres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<i32>,
    /// The version of the last migration.
    pub schema: String,
    pub tables: Vec<Table>,
    pub files: Vec<Entry>,
    /// Where the secrets are that the data needs, and whether the backup has them.
    pub secrets: Vec<String>,
    pub with_secrets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// What is in a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub name: String,
    pub rows: u64,
    pub sha256: String,
}

/// A file of the backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "Postgres",
        }
    }

    /// The file of the database in a backup.
    pub fn file(self) -> &'static str {
        match self {
            Self::Sqlite => super::SQLITE,
            Self::Postgres => super::POSTGRES,
        }
    }
}

impl Manifest {
    /// What is in the database.
    pub fn contents(&self) -> Contents {
        let content = |table: &Table| TableContent {
            table: table.name.clone(),
            rows: table.rows,
            sha256: table.sha256.clone(),
        };
        Contents {
            schema: self.schema.clone(),
            tables: self.tables.iter().map(content).collect(),
        }
    }

    /// Whether there is a file of this name in the backup.
    pub fn names(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.name == name)
    }

    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Writes it into the folder, and the digests of it and of every file that it names.
    pub fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let text = self.text()?;
        files::write(&folder.join(MANIFEST), &text)?;
        files::write(&folder.join(SUMS), &self.sums(&text))
    }

    fn text(&self) -> Result<String, BackupError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| BackupError::Damaged {
            path: MANIFEST.into(),
            why: error.to_string(),
        })?;
        Ok(text + "\n")
    }

    /// What [`SUMS`] holds beside this text of the manifest.
    pub fn sums(&self, text: &str) -> String {
        use sha2::{Digest, Sha256};
        let own = format!("{}  {MANIFEST}\n", hex::encode(Sha256::digest(text)));
        let others = self
            .files
            .iter()
            .map(|file| format!("{}  {}\n", file.sha256, file.name));
        others.chain([own]).collect()
    }
}

impl From<TableContent> for Table {
    fn from(content: TableContent) -> Self {
        Self {
            name: content.table,
            rows: content.rows,
            sha256: content.sha256,
        }
    }
}
