use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::*;

fn put(store: &Store, name: &str, value: &[u8]) {
    let mut changes = Changes::new();
    changes.put(name, value.to_vec());
    store.commit(changes).unwrap();
}

fn value(store: &Store, name: &str) -> Option<Vec<u8>> {
    store.get(name).map(|value| value.to_vec())
}

fn open(folder: &Path) -> Store {
    Store::open(folder, None).unwrap()
}

fn state_file(folder: &TempDir) -> std::path::PathBuf {
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = names
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("state-"))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn what_was_stored_is_there_when_the_folder_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "a/1", b"one");
    put(&store, "a/2", b"two");
    put(&store, "b", b"");
    let mut changes = Changes::new();
    changes.remove("a/1");
    changes.put("a/3", b"three".to_vec());
    store.commit(changes).unwrap();
    drop(store);
    let store = open(folder.path());
    let names: Vec<_> = store.list("a/").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a/2", "a/3"]);
    assert_eq!((value(&store, "a/1"), value(&store, "b")), (None, Some(vec![])));
}

#[test]
fn a_folder_belongs_to_one_process_and_its_files_to_one_user() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("keys");
    let store = open(&folder);
    put(&store, "key", b"secret");
    store.history().add("bob", &[b"hello".to_vec().into()]).unwrap();
    assert!(matches!(Store::open(&folder, None), Err(StoreError::InUse)));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn changes_that_were_cut_off_anywhere_were_not_made_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "first", b"1");
    let file = state_file(&folder);
    let before = fs::read(&file).unwrap().len();
    let mut changes = Changes::new();
    changes.put("second", b"2".to_vec());
    changes.put("third", b"3".to_vec());
    store.commit(changes).unwrap();
    drop(store);
    let whole = fs::read(&file).unwrap();
    for length in before..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let store = open(folder.path());
        let found = ["first", "second", "third"].map(|name| store.get(name).is_some());
        assert_eq!(found, [true, false, false], "cut at {length}");
        put(&store, "fourth", b"4");
        drop(store);
        assert_eq!(value(&open(folder.path()), "fourth"), Some(b"4".to_vec()));
    }
}

#[test]
fn damage_in_the_middle_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "first", b"1");
    put(&store, "second", b"2");
    drop(store);
    let file = state_file(&folder);
    let bytes = fs::read(&file).unwrap();
    for place in [0, 3, 5, 9, 17] {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        fs::write(&file, &damaged).unwrap();
        assert!(matches!(Store::open(folder.path(), None), Err(StoreError::Damaged(_))));
        assert_eq!(fs::read(&file).unwrap(), damaged, "nothing is thrown away");
    }
}

#[test]
fn a_folder_of_another_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("header.json"), r#"{"version":1}"#).unwrap();
    fs::write(folder.path().join("state-0"), "anything").unwrap();
    let refused = Store::open(folder.path(), None);
    assert!(matches!(refused, Err(StoreError::OtherVersion(1))));
    assert_eq!(fs::read(folder.path().join("state-0")).unwrap(), b"anything");
}

#[test]
fn a_file_that_has_grown_is_replaced_by_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "kept", b"here");
    for number in 0..40u8 {
        put(&store, "large", &vec![number; 64 * 1024]);
    }
    let length = fs::metadata(state_file(&folder)).unwrap().len();
    assert!(length < 1_300_000, "{length}");
    drop(store);
    let store = open(folder.path());
    assert_eq!(value(&store, "kept"), Some(b"here".to_vec()));
    assert_eq!(value(&store, "large"), Some(vec![39; 64 * 1024]));
}

#[test]
fn with_a_passphrase_nothing_that_was_stored_can_be_found_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = "a long passphrase".into();
    let store = Store::open(folder.path(), Some(&passphrase)).unwrap();
    put(&store, "name-of-a-key", b"the private key");
    let said = store.history();
    said.add("bob", &[b"what was said".to_vec().into()]).unwrap();
    drop((store, said));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for text in [b"private key".as_slice(), b"name-of-a-key", b"what was said"] {
            assert!(!bytes.windows(text.len()).any(|part| part == text));
        }
    }
    let refused = |given: Option<&str>| Store::open(folder.path(), given.map(Into::into).as_ref());
    assert!(matches!(refused(None), Err(StoreError::PassphraseNeeded)));
    assert!(matches!(refused(Some("another")), Err(StoreError::WrongPassphrase)));
    let store = Store::open(folder.path(), Some(&passphrase)).unwrap();
    assert_eq!(value(&store, "name-of-a-key"), Some(b"the private key".to_vec()));
    assert_eq!(store.history().read("bob").unwrap(), [b"what was said".to_vec().into()]);
}

#[test]
fn sealed_changes_cannot_be_exchanged() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = "a long passphrase".into();
    let store = Store::open(folder.path(), Some(&passphrase)).unwrap();
    put(&store, "a", b"1");
    put(&store, "a", b"2");
    drop(store);
    let file = state_file(&folder);
    let bytes = fs::read(&file).unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    assert_eq!(first.len(), second.len());
    fs::write(&file, [second, first].concat()).unwrap();
    assert!(matches!(
        Store::open(folder.path(), Some(&passphrase)),
        Err(StoreError::Damaged(_))
    ));
}

#[test]
fn history_keeps_its_order_and_goes_on_after_a_record_that_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let said = open(folder.path()).history();
    let record = |text: &str| text.as_bytes().to_vec().into();
    said.add("bob", &[record("one"), record("two")]).unwrap();
    said.add("eve", &[record("elsewhere")]).unwrap();
    drop(said);
    let file = folder.path().join("history-bob");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    let said = open(folder.path()).history();
    said.add("bob", &[record("three")]).unwrap();
    said.add("bob", &[record("four")]).unwrap();
    assert_eq!(
        said.read("bob").unwrap(),
        [record("one"), record("three"), record("four")]
    );
    assert_eq!(said.read("nobody").unwrap(), []);
}
