//! Python packages, in an environment of their own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::steps::Steps;

/// The test suite of Autobahn for WebSocket, and a client of WebSocket.
const PACKAGES: [&str; 2] = ["kosoku==0.1.0", "websockets==15.0.1"];

/// Installs the packages into a folder of their own unless they are there, and answers the folder of its programs.
pub fn python(steps: &mut Steps, target: &Path) -> io::Result<PathBuf> {
    let folder = target.join(PACKAGES.join("-").replace("==", "-"));
    let programs = folder.join("bin");
    // The last to be made, so that an installation that was interrupted is made again.
    let done = folder.join("complete");
    if !done.is_file() {
        steps.step("install Python packages", || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            run(Command::new(programs.join("pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(PACKAGES))?;
            std::fs::write(&done, "")
        })?;
    }
    Ok(programs)
}
