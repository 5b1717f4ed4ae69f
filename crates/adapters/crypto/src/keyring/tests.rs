use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tenon_kernel::{Id, OrganizationId};
use uuid::Uuid;

use super::*;

const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NEW: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

fn slot() -> Slot {
    Slot {
        organization: Some(organization(1)),
        table: "credentials",
        column: "sealed",
        row: organization(2).uuid(),
    }
}

fn organization(number: u128) -> OrganizationId {
    Id::from_uuid(Uuid::from_u128(number))
}

fn fixed(keys: &[&str]) -> Ring {
    let (current, others) = keys.split_first().unwrap();
    let others: Vec<SecretString> = others.iter().map(|key| SecretString::from(*key)).collect();
    Ring::fixed(&SecretString::from(*current), &others).unwrap()
}

fn file(folder: &TempDir, text: &str) -> KeyFile {
    let path = folder.path().join("encryption.keys");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    KeyFile::new(path)
}

fn text(file: &KeyFile) -> String {
    fs::read_to_string(file.path()).unwrap()
}

fn sealed(ring: &Ring) -> Sealed {
    Keyring::seal(ring, b"canary", &slot()).unwrap()
}

fn opens(ring: &Ring, sealed: &Sealed) -> bool {
    Keyring::open(ring, sealed, &slot()).is_ok_and(|opened| opened.as_slice() == b"canary")
}

#[test]
fn a_key_is_named_by_a_digest_of_it() {
    let digest = Sha256::digest([b"tenon key id".as_slice(), &hex::decode(OLD).unwrap()].concat());
    assert_eq!(fixed(&[OLD]).current().0, hex::encode(digest)[..16]);
}

#[test]
fn a_record_has_a_data_key_of_its_own_and_lengths_that_are_known() {
    let ring = fixed(&[OLD]);
    let (one, other) = (sealed(&ring), sealed(&ring));
    assert_ne!(one.wrapped, other.wrapped);
    assert_ne!(one.text, other.text);
    assert_eq!((one.wrapped.len(), one.text.len()), (12 + 32 + 16, 12 + 6 + 16));
    let swapped = Sealed {
        wrapped: other.wrapped,
        ..one
    };
    assert!(matches!(
        Keyring::open(&ring, &swapped, &slot()),
        Err(OpenError::Forged)
    ));
}

#[test]
fn a_record_opens_in_its_own_place_only() {
    let ring = fixed(&[OLD]);
    let sealed = sealed(&ring);
    assert!(opens(&ring, &sealed));
    let elsewhere = [
        Slot {
            organization: Some(organization(3)),
            ..slot()
        },
        Slot {
            organization: None,
            ..slot()
        },
        Slot {
            table: "graph_certificates",
            ..slot()
        },
        Slot {
            column: "name",
            ..slot()
        },
        Slot {
            row: organization(3).uuid(),
            ..slot()
        },
    ];
    for slot in elsewhere {
        assert!(
            matches!(Keyring::open(&ring, &sealed, &slot), Err(OpenError::Forged)),
            "{slot:?}"
        );
        let moved = ring.rewrap(&sealed.key, &sealed.wrapped, &slot);
        assert!(matches!(moved, Err(OpenError::Forged)), "{slot:?}");
    }
}

#[test]
fn every_flipped_bit_and_every_cut_of_a_record_fails() {
    let ring = fixed(&[OLD]);
    let good = sealed(&ring);
    for bit in 0..good.wrapped.len() * 8 {
        let mut changed = good.clone();
        changed.wrapped[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(&ring, &changed), "bit {bit} of the data key");
    }
    for bit in 0..good.text.len() * 8 {
        let mut changed = good.clone();
        changed.text[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(&ring, &changed), "bit {bit} of the text");
    }
    for bit in 0..good.key.0.len() * 8 {
        let mut name = good.key.0.clone().into_bytes();
        name[bit / 8] ^= 1 << (bit % 8);
        let key = KeyId(String::from_utf8_lossy(&name).into_owned());
        let changed = Sealed { key, ..good.clone() };
        let opened = Keyring::open(&ring, &changed, &slot());
        assert!(
            matches!(opened, Err(OpenError::UnknownKey(_))),
            "bit {bit} of the key's name"
        );
    }
    for length in 0..good.wrapped.len() {
        let mut changed = good.clone();
        changed.wrapped.truncate(length);
        assert!(!opens(&ring, &changed), "{length} bytes of the data key");
    }
    for length in 0..good.text.len() {
        let mut changed = good.clone();
        changed.text.truncate(length);
        assert!(!opens(&ring, &changed), "{length} bytes of the text");
    }
}

#[test]
fn a_record_that_is_wrapped_anew_opens_without_the_old_key_and_its_text_is_the_same() {
    let before = sealed(&fixed(&[OLD]));
    let both = fixed(&[NEW, OLD]);
    let (key, wrapped) = both.rewrap(&before.key, &before.wrapped, &slot()).unwrap();
    let after = Sealed {
        key,
        wrapped,
        ..before.clone()
    };
    assert!(opens(&both, &before) && opens(&both, &after) && opens(&fixed(&[NEW]), &after));
    assert!(!opens(&fixed(&[OLD]), &after) && !opens(&fixed(&[NEW]), &before));
    assert_eq!(after.key, both.current());
    let named_wrongly = Sealed {
        key: before.key,
        ..after
    };
    assert!(matches!(
        Keyring::open(&both, &named_wrongly, &slot()),
        Err(OpenError::Forged)
    ));
}

#[test]
fn what_does_not_say_its_key_opens_with_each_of_them() {
    let old = Seal::seal(&fixed(&[OLD]), b"answer", b"scope").unwrap();
    assert_eq!(Seal::open(&fixed(&[NEW, OLD]), &old, b"scope").unwrap(), b"answer");
    assert!(Seal::open(&fixed(&[NEW, OLD]), &old, b"other").is_err());
    assert!(Seal::open(&fixed(&[NEW]), &old, b"scope").is_err());
    let plain = Aes256Gcm::new(OLD).unwrap();
    assert_eq!(plain.open(&old, b"scope").unwrap(), b"answer");
}

#[test]
fn a_new_key_comes_first_and_the_rest_of_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, &format!("# ours\n\n  {OLD}\n# end\n"));
    let ring = Ring::of_file(file.clone()).unwrap();
    let before = sealed(&ring);
    let lock = file.lock().unwrap();
    let added = file.add(&lock).unwrap();
    let lines: Vec<String> = text(&file).lines().map(str::to_owned).collect();
    assert_eq!(
        (lines[0].as_str(), lines[1].as_str(), lines[2].len()),
        ("# ours", "", 64)
    );
    assert_eq!(lines[3..], [format!("  {OLD}"), "# end".to_owned()]);
    assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(ring.refresh().unwrap() && !ring.refresh().unwrap());
    assert_eq!(ring.ids(), [added, before.key.clone()]);
    assert!(opens(&ring, &before));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the file and its lock");
}

#[test]
fn keys_go_from_the_file_but_never_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, &format!("{NEW}\n# old\n{OLD}\n"));
    let lock = file.lock().unwrap();
    assert_eq!(file.keep(&lock, |_| true).unwrap(), []);
    assert_eq!(file.keep(&lock, |_| false).unwrap(), [fixed(&[OLD]).current()]);
    assert_eq!(text(&file), format!("{NEW}\n# old\n"));
    assert_eq!(file.keep(&lock, |_| false).unwrap(), []);
}

#[test]
fn one_at_a_time_may_change_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, OLD);
    let lock = file.lock().unwrap();
    assert!(matches!(file.lock(), Err(KeyFileError::Busy(_))));
    drop(lock);
    file.lock().unwrap();
}

#[test]
fn a_key_that_is_not_known_is_found_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, OLD);
    let ring = Ring::of_file(file.clone()).unwrap();
    let lock = file.lock().unwrap();
    file.add(&lock).unwrap();
    let other = Ring::of_file(file.clone()).unwrap();
    let (record, answer) = (sealed(&other), Seal::seal(&other, b"answer", b"scope").unwrap());
    assert_eq!(ring.ids().len(), 1);
    assert!(opens(&ring, &record));
    assert_eq!(ring.current(), other.current());

    file.add(&lock).unwrap();
    let third = Seal::seal(&Ring::of_file(file).unwrap(), b"answer", b"scope").unwrap();
    for answer in [answer, third] {
        assert_eq!(Seal::open(&ring, &answer, b"scope").unwrap(), b"answer");
    }
}

#[test]
fn a_key_that_is_nowhere_is_looked_for_once_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, OLD);
    let ring = Ring::of_file(file.clone()).unwrap();
    let record = sealed(&fixed(&[NEW]));
    let unknown = |ring: &Ring| matches!(Keyring::open(ring, &record, &slot()), Err(OpenError::UnknownKey(_)));
    assert!(unknown(&ring));
    fs::write(file.path(), format!("{OLD}\n{NEW}\n")).unwrap();
    assert!(unknown(&ring), "looked again at once");
    for at in ring.missed.lock().values_mut() {
        *at -= PATIENCE;
    }
    assert!(opens(&ring, &record));
}

#[test]
fn a_file_that_breaks_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, OLD);
    let ring = Ring::of_file(file.clone()).unwrap();
    let record = sealed(&ring);
    let broken = |text: &str| {
        fs::write(file.path(), text).unwrap();
        ring.refresh().unwrap_err().to_string()
    };
    assert!(broken("# nothing\n").ends_with("holds no key"));
    let told = broken(&format!("{OLD}\n{}\n", &NEW[1..]));
    assert!(told.ends_with("line 2 is not 64 hexadecimal digits"), "{told}");
    assert!(!told.contains(&NEW[2..]), "{told}");
    fs::write(file.path(), NEW).unwrap();
    fs::set_permissions(file.path(), Permissions::from_mode(0o640)).unwrap();
    let told = ring.refresh().unwrap_err().to_string();
    assert!(told.contains("(mode 640); run `chmod 600 "), "{told}");
    fs::remove_file(file.path()).unwrap();
    assert!(!ring.refresh().unwrap());
    assert!(opens(&ring, &record));
    assert!(Ring::of_file(file).unwrap_err().is_missing());
}

#[test]
fn one_key_serves_until_the_file_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = KeyFile::new(folder.path().join("encryption.keys"));
    let ring = Ring::until_file(&OLD.into(), file.clone()).unwrap();
    let record = sealed(&ring);
    assert!(!ring.refresh().unwrap() && !file.exists());
    let lock = file.lock().unwrap();
    file.create(&lock, &OLD.into()).unwrap();
    assert!(!ring.refresh().unwrap());
    file.add(&lock).unwrap();
    assert!(ring.refresh().unwrap());
    assert!(opens(&ring, &record));
    let again = Ring::until_file(&NEW.into(), file).unwrap();
    assert_eq!(again.ids(), ring.ids());
}

#[test]
fn no_key_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Ring::of_file(file(&folder, &format!("{OLD}\n{NEW}\n"))).unwrap();
    let shown = format!("{ring:?}");
    assert!(!shown.contains(&OLD[..16]) && !shown.contains(&NEW[..16]), "{shown}");
}
