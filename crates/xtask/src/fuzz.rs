//! Looking for inputs that break a parser.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::programs;

use crate::steps::Steps;

/// The manifest of the fuzz targets, which are not of the workspace.
pub const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/Cargo.toml");

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");

const INSTALL: &str =
    "fuzzing needs nightly Rust and cargo-fuzz: `rustup toolchain install nightly` and `cargo install cargo-fuzz`";

/// Fuzzes one target, or all of them one after the other, for so many seconds each. What is found is in `fuzz/artifacts`; what is new in
/// other ways is kept in `fuzz/found`, for the next run.
pub fn fuzz(steps: &mut Steps, target: Option<&str>, seconds: u32) -> io::Result<()> {
    let folder = Path::new(FOLDER);
    let all = targets(&folder.join("corpus"))?;
    let chosen: Vec<&String> = all
        .iter()
        .filter(|name| target.is_none_or(|target| target == *name))
        .collect();
    if chosen.is_empty() {
        return Err(io::Error::other(format!(
            "there is no such target; there are: {}",
            all.join(", ")
        )));
    }
    if !is_installed() {
        return Err(io::Error::other(INSTALL));
    }
    for name in chosen {
        let found = folder.join("found").join(name);
        fs::create_dir_all(&found)?;
        let mut command = Command::new("rustup");
        command
            .args(["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir"])
            .arg(folder)
            .arg(name);
        command.arg(found).arg(folder.join("corpus").join(name)).arg("--");
        command.args([
            format!("-max_total_time={seconds}"),
            "-timeout=10".to_owned(),
            "-print_final_stats=1".to_owned(),
        ]);
        steps.command(&format!("fuzz {name}"), &mut command)?;
    }
    Ok(())
}

/// The names of all targets: each has a corpus.
fn targets(corpus: &Path) -> io::Result<Vec<String>> {
    let folders: io::Result<Vec<PathBuf>> = fs::read_dir(corpus)?.map(|entry| Ok(entry?.path())).collect();
    let name = |folder: &PathBuf| Some(folder.file_name()?.to_str()?.to_owned());
    let mut names: Vec<String> = folders?.iter().filter_map(name).collect();
    names.sort();
    Ok(names)
}

fn is_installed() -> bool {
    let mut nightly = Command::new("rustup");
    nightly
        .args(["run", "nightly", "rustc", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    programs::on_path("cargo-fuzz").is_some() && nightly.status().is_ok_and(|status| status.success())
}
