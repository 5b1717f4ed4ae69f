//! Installing what the tests need.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::programs;

use crate::commands::cargo;
use crate::steps::{Steps, report};

/// A program that tests run.
struct Program {
    name: &'static str,
    apt: &'static str,
    brew: &'static str,
    is_there: fn() -> bool,
}

const POSTGRES: Program = Program {
    name: "Postgres",
    apt: "postgresql",
    brew: "postgresql@16",
    is_there: || programs::postgres().is_some(),
};

const REDIS: Program = Program {
    name: "Redis",
    apt: "redis-server",
    brew: "redis",
    is_there: || programs::redis_server().is_some(),
};

/// Follows system calls. It exists for Linux alone, and so does the test that needs it.
const STRACE: Program = Program {
    name: "strace",
    apt: "strace",
    brew: "strace",
    is_there: || cfg!(not(target_os = "linux")) || programs::on_path("strace").is_some(),
};

/// Makes environments for Python programs.
const PYTHON: Program = Program {
    name: "Python",
    apt: "python3-venv",
    brew: "python3",
    is_there: || {
        let modules = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
        modules.is_ok_and(|output| output.status.success())
    },
};

/// The test suite of Autobahn for WebSocket, on Python 3.
const KOSOKU: &str = "kosoku==0.1.0";

/// Installs rustfmt and clippy where one of them is missing.
pub fn components(steps: &mut Steps) -> io::Result<()> {
    if works("fmt") && works("clippy") {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "rustfmt", "clippy"]);
    steps.step("install rustfmt and clippy", || run(&mut rustup))
}

/// Installs kosoku into a folder of its own unless it is there, and says where its program is.
pub fn kosoku(steps: &mut Steps, target: &Path) -> io::Result<PathBuf> {
    let folder = target.join(KOSOKU.replace("==", "-"));
    let program = folder.join("bin/kosoku");
    if !program.is_file() {
        steps.step("install kosoku", || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", KOSOKU]))
        })?;
    }
    Ok(program)
}

/// Installs Postgres, Redis, strace and Python, each only where it is missing.
pub fn servers(steps: &mut Steps) -> io::Result<()> {
    let missing = what_is_missing();
    if missing.is_empty() {
        return Ok(());
    }
    steps.step(&format!("install {}", list(&missing)), || install(&missing))?;
    match what_is_missing().as_slice() {
        [] => Ok(()),
        still => Err(io::Error::other(format!(
            "{} still not found after the installation",
            list(still)
        ))),
    }
}

fn what_is_missing() -> Vec<Program> {
    let needed = [POSTGRES, REDIS, STRACE, PYTHON];
    needed.into_iter().filter(|program| !(program.is_there)()).collect()
}

fn list(programs: &[Program]) -> String {
    let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
    names.join(" and ")
}

fn install(missing: &[Program]) -> io::Result<()> {
    if programs::on_path("apt-get").is_some() {
        return apt(missing.iter().map(|program| program.apt));
    }
    if programs::on_path("brew").is_some() {
        return run(Command::new("brew")
            .arg("install")
            .args(missing.iter().map(|program| program.brew)));
    }
    let list = list(missing);
    Err(io::Error::other(format!(
        "install {list}, with `postgres`, `initdb` and `redis-server` on the PATH: there is neither apt-get nor brew"
    )))
}

fn apt(packages: impl Iterator<Item = &'static str>) -> io::Result<()> {
    // An outdated list of one repository need not keep the packages from being found.
    if let Err(error) = run(apt_get()?.arg("update")) {
        report(&format!("xtask: {error}; going on"));
    }
    run(apt_get()?
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}

fn apt_get() -> io::Result<Command> {
    // In runlevel 1 packages do not start their services where there is no systemd; elsewhere they may, on their
    // usual ports, and nothing here minds.
    let environment = ["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"];
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new("env")
    } else if programs::on_path("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err(io::Error::other(
            "as root, run: apt-get install postgresql redis-server strace python3-venv",
        ));
    };
    command
        .args(environment)
        .args(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]);
    Ok(command)
}

fn works(component: &str) -> bool {
    let version = cargo().args([component, "--version"]).stdin(Stdio::null()).output();
    version.is_ok_and(|output| output.status.success())
}

/// Keeps what the command prints out of standard output, and stays in the terminal's foreground for a password.
fn run(command: &mut Command) -> io::Result<()> {
    let status = command.stdout(io::stderr()).status()?;
    let line = || format!("{command:?} failed: {status}");
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(line()))
    }
}
