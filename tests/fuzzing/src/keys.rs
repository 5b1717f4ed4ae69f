//! Files of master keys, and the logs of people's keys.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use tempfile::TempDir;
use tenon_client::keylog::{KeyLogError, Ledger, Line};
use tenon_crypto::{KeyFile, Ring};
use tenon_kernel::Seal;
use uuid::Uuid;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

fn write(bytes: &[u8]) -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let path = FOLDER.path().join(thread);
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
    file.unwrap().write_all(bytes).unwrap();
    path
}

/// A file of keys gives a ring that opens what it sealed, or an error that names neither key nor line's text.
pub fn file(bytes: &[u8]) {
    match Ring::of_file(KeyFile::new(write(bytes))) {
        Ok(ring) => {
            let sealed = ring.seal(b"secret", &[7; 32]).unwrap();
            assert_eq!(ring.open(&sealed, &[7; 32]).unwrap().as_slice(), b"secret");
            assert!(ring.open(&sealed, &[8; 32]).is_err());
        }
        Err(error) => assert!(error.to_string().len() < 1_000),
    }
}

/// A log that is followed leaves the ledger where its last line is, and one that is not leaves it as it was. With a first byte that is
/// odd, the lines are linked as the server would link them.
pub fn log(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(mut lines) = serde_json::from_slice::<Vec<Line>>(rest) else {
        return;
    };
    let mut ledger = Ledger::new(Uuid::from_u128(7));
    if kind % 2 == 1 {
        let (mut number, mut previous) = (0, ledger.head().hash.clone());
        for line in &mut lines {
            number += 1;
            line.number = number;
            line.previous.clone_from(&previous);
            let Ok(hash) = line.computed_hash() else { return };
            line.hash = hash;
            previous.clone_from(&line.hash);
        }
    }
    let before = ledger.clone();
    match ledger.follow(&lines) {
        Ok(changes) => {
            assert_eq!(ledger.head().number, changes.len() as u64);
            // The last line may be shown again.
            assert_eq!(
                ledger.clone().follow(&lines[lines.len().saturating_sub(1)..]),
                Ok(Vec::new())
            );
        }
        Err(KeyLogError::Disagrees) => panic!("nothing was compared"),
        Err(KeyLogError::Rewritten(_) | KeyLogError::Forged(_) | KeyLogError::Malformed(_)) => {
            assert_eq!(ledger, before)
        }
    }
}
