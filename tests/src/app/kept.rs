use std::fs;
use std::process::Command;

use super::{Setup, TestApp};
use crate::databases::program;

impl TestApp {
    /// Everything that the server keeps, but for what is in its memory: where, and what. The log comes first.
    pub async fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let mut places = vec![("log".to_owned(), self.log_so_far().await.into_bytes())];
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    places.push((path.display().to_string(), fs::read(&path).unwrap()));
                }
            }
        }
        match self.options.setup {
            Setup::SqliteAlone => {
                let path = self.database().url().strip_prefix("sqlite:").unwrap();
                for ending in ["", "-wal"] {
                    let path = format!("{path}{ending}");
                    places.push((path.clone(), fs::read(path).unwrap()));
                }
            }
            Setup::PostgresWithRedis => {
                let dump = Command::new(program("pg_dump"))
                    .arg(self.database().url())
                    .output()
                    .unwrap();
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                places.push(("pg_dump".to_owned(), dump.stdout));
            }
        }
        places
    }
}
