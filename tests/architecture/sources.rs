//! Files that an afternoon suffices to read, and nothing left for later in them.

use std::ffi::OsStr;
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

use crate::workspace::WORKSPACE;

const LONGEST: usize = 500;
const LONG: usize = 300;
const MEDIAN: usize = 150;

/// Written in two halves, so that this file does not find itself.
const LATER: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const SKIPPED_TEST: &str = concat!("#[", "ignore");
const SILENCED: [&str; 2] = [concat!("#[", "allow("), concat!("#![", "allow(")];

fn rust_files() -> Vec<(PathBuf, String)> {
    let files = WORKSPACE
        .files()
        .into_iter()
        .filter(|path| path.extension() == Some(OsStr::new("rs")));
    files
        .map(|path| (relative(&path), fs::read_to_string(&path).unwrap()))
        .collect()
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(WORKSPACE.root()).unwrap().to_owned()
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !part(c)).any(|found| found == word)
}

#[test]
fn no_source_file_is_longer_than_500_lines_and_the_median_is_short() {
    let mut lengths: Vec<(usize, PathBuf)> = rust_files()
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .collect();
    lengths.sort();
    let (median, _) = lengths.get(lengths.len() / 2).unwrap();
    assert!(*median <= MEDIAN, "the median file has {median} lines");

    let (longest, path) = lengths.last().unwrap();
    for (length, path) in lengths.iter().filter(|(length, _)| *length > LONG) {
        writeln!(
            stderr(),
            "warning: {} has {length} lines; over {LONG} a file is better split",
            path.display()
        )
        .unwrap();
    }
    assert!(*longest <= LONGEST, "{} has {longest} lines", path.display());
}

#[test]
fn nothing_is_left_for_later() {
    let generated = ["Cargo.lock", "package-lock.json"].map(OsStr::new);
    for path in WORKSPACE.files() {
        if generated.iter().any(|name| path.file_name() == Some(*name)) {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for word in LATER {
            assert!(!has_word(&text, word), "{} contains {word}", relative(&path).display());
        }
    }
}

#[test]
fn no_test_is_skipped() {
    for (path, text) in rust_files() {
        assert!(!text.contains(SKIPPED_TEST), "{} skips a test", path.display());
    }
}

#[test]
fn no_lint_is_silenced_without_saying_why() {
    for (path, text) in rust_files() {
        let silenced = SILENCED.iter().find(|attribute| text.contains(**attribute));
        assert_eq!(
            silenced,
            None,
            "in {}: use #[expect(.., reason = \"..\")]",
            path.display()
        );
    }
}
