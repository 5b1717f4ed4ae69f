//! What fuzzers have found, and what resembles it: nothing of it breaks a promise any more.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "what cannot be read fails the test; which input it was is shown when it fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tenon_fuzzing::{TARGETS, Target};

/// The most that the corpus may have, so that everybody can have it: files, and bytes.
const MOST_FILES: usize = 200;
const MOST_BYTES: usize = 300 * 1024;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The inputs of a target, in the order of their names.
fn corpus(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap());
    paths.into_iter().map(read).collect()
}

#[test]
fn no_input_of_the_corpus_breaks_a_promise() {
    for target in &TARGETS {
        let corpus = corpus(target);
        assert!(corpus.len() >= 3, "{} has a corpus of {}", target.name, corpus.len());
        for (path, bytes) in corpus {
            eprintln!("{}", path.display());
            (target.run)(&bytes);
        }
    }
}

/// A byte exchanged, a piece left out or doubled: what a fuzzer does first.
#[test]
fn no_input_that_resembles_one_of_the_corpus_breaks_a_promise() {
    for target in &TARGETS {
        for (path, bytes) in corpus(target) {
            eprintln!("{}", path.display());
            let step = bytes.len() / 64 + 1;
            for place in (0..bytes.len()).step_by(step) {
                let (before, after) = bytes.split_at(place);
                (target.run)(before);
                (target.run)(after);
                (target.run)(&[bytes.as_slice(), after].concat());
                for byte in [0, b'"', 0xff] {
                    (target.run)(&[before, &[byte], after.get(1..).unwrap_or_default()].concat());
                }
            }
        }
    }
}

#[test]
fn every_target_is_built_and_has_a_corpus_of_its_own() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    for name in &names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        let source = fs::read_to_string(fuzz().join("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(source.contains(&format!("\"{name}\"")), "{name}.rs runs another target");
    }
    let folders = fs::read_dir(fuzz().join("corpus")).unwrap();
    let folders: BTreeSet<String> = folders
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(folders.iter().map(String::as_str).eq(names), "{folders:?}");
}

#[test]
fn the_corpus_stays_small() {
    let all: Vec<_> = TARGETS.iter().flat_map(corpus).collect();
    let bytes: usize = all.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(
        all.len() <= MOST_FILES && bytes <= MOST_BYTES,
        "{} files of {bytes} bytes",
        all.len()
    );
}

proptest! {
    // The same each time: `cargo xtask fuzz` is what looks further.
    #![proptest_config(ProptestConfig { cases: 256, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_a_promise(bytes in vec(any::<u8>(), 0..200), target in 0..TARGETS.len()) {
        let target = TARGETS.get(target).unwrap();
        (target.run)(&bytes);
    }

    #[test]
    fn no_text_breaks_a_promise(kind in any::<u8>(), text in "\\PC{0,60}", target in 0..TARGETS.len()) {
        let target = TARGETS.get(target).unwrap();
        (target.run)(&[&[kind], text.as_bytes()].concat());
        (target.run)(text.as_bytes());
    }
}
