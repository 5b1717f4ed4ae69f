//! Node packages, as `tests/clients/programs` locks them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::steps::Steps;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients/programs");

const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Installs the packages into a folder of their own unless they are there, and answers the folder that has them.
pub fn modules(steps: &mut Steps, target: &Path) -> io::Result<PathBuf> {
    let source = Path::new(SOURCE);
    let folder = target.join("node-clients");
    let lock = fs::read(source.join("package-lock.json"))?;
    // The last to be made, so that an installation that was interrupted is made again.
    let done = folder.join("complete");
    if fs::read(&done).ok().as_ref() != Some(&lock) {
        steps.step("install Node packages", || {
            fs::create_dir_all(&folder)?;
            for file in FILES {
                fs::copy(source.join(file), folder.join(file))?;
            }
            run(Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&folder))?;
            fs::write(&done, &lock)
        })?;
    }
    Ok(folder.join("node_modules"))
}
