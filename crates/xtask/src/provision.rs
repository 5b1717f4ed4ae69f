//! Installing what the tests need.

mod node;
mod python;
mod rust;

use std::io;
use std::process::{Command, Stdio};

use xtask::programs;

pub use node::modules;
pub use python::python;
pub use rust::{RUST_SOCKETIO, rust_socketio};

use crate::commands::cargo;
use crate::steps::{Steps, report};

/// A program that tests run.
struct Program {
    name: &'static str,
    apt: &'static [&'static str],
    brew: &'static [&'static str],
    is_there: fn() -> bool,
}

const POSTGRES: Program = Program {
    name: "Postgres",
    apt: &["postgresql"],
    brew: &["postgresql@16"],
    is_there: || programs::postgres().is_some(),
};

const REDIS: Program = Program {
    name: "Redis",
    apt: &["redis-server"],
    brew: &["redis"],
    is_there: || programs::redis_server().is_some(),
};

/// Follows system calls. It exists for Linux alone, and so does the test that needs it.
const STRACE: Program = Program {
    name: "strace",
    apt: &["strace"],
    brew: &["strace"],
    is_there: || cfg!(not(target_os = "linux")) || programs::on_path("strace").is_some(),
};

/// Holds a lock on a database beside the server that it is of.
const SQLITE: Program = Program {
    name: "sqlite3",
    apt: &["sqlite3"],
    brew: &["sqlite"],
    is_there: || programs::on_path("sqlite3").is_some(),
};

/// Makes environments for Python programs.
const PYTHON: Program = Program {
    name: "Python",
    apt: &["python3-venv"],
    brew: &["python3"],
    is_there: || {
        let modules = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
        modules.is_ok_and(|output| output.status.success())
    },
};

const NODE: Program = Program {
    name: "Node 18 with npm",
    apt: &["nodejs", "npm"],
    brew: &["node"],
    is_there: || programs::node().is_some(),
};

/// On Ubuntu its package is [`UBUNTUS_CHROMIUM`].
const CHROMIUM: Program = Program {
    name: "Chromium",
    apt: &["chromium"],
    brew: &["google-chrome"],
    is_there: || programs::chromium().is_some(),
};

/// What a client on Rust links, except on macOS.
const OPENSSL: Program = Program {
    name: "OpenSSL's headers",
    apt: &["libssl-dev", "pkg-config"],
    brew: &["openssl", "pkgconf"],
    is_there: || {
        let asked = Command::new("pkg-config").args(["--exists", "openssl"]).status();
        cfg!(target_os = "macos") || asked.is_ok_and(|status| status.success())
    },
};

/// What Tenon is put behind.
const NGINX: Program = Program {
    name: "nginx",
    apt: &["nginx"],
    brew: &["nginx"],
    is_there: || programs::nginx().is_some(),
};

/// Tries the alerts.
const PROMTOOL: Program = Program {
    name: "promtool",
    apt: &["prometheus"],
    brew: &["prometheus"],
    is_there: || programs::on_path("promtool").is_some(),
};

/// Knows what a unit's restrictions mean. It need not run.
const SYSTEMD: Program = Program {
    name: "systemd-analyze",
    apt: &["systemd"],
    brew: &[],
    is_there: || cfg!(not(target_os = "linux")) || programs::on_path("systemd-analyze").is_some(),
};

const UBUNTUS_CHROMIUM: &str = "chromium-browser";

/// Installs rustfmt and clippy where one of them is missing.
pub fn components(steps: &mut Steps) -> io::Result<()> {
    if works("fmt") && works("clippy") {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "rustfmt", "clippy"]);
    steps.step("install rustfmt and clippy", || run(&mut rustup))
}

/// Installs Postgres, Redis, strace, sqlite3, Python, Node, Chromium, OpenSSL's headers, nginx, promtool and systemd-analyze, each
/// only where it is missing.
pub fn programs(steps: &mut Steps) -> io::Result<()> {
    let missing = what_is_missing();
    if missing.is_empty() {
        return Ok(());
    }
    steps.step(&format!("install {}", list(&missing)), || install(&missing))?;
    match what_is_missing().as_slice() {
        [] => Ok(()),
        still => Err(io::Error::other(format!(
            "{} still not found after the installation: {BY_HAND}",
            list(still)
        ))),
    }
}

fn what_is_missing() -> Vec<Program> {
    let needed = [
        POSTGRES, REDIS, STRACE, SQLITE, PYTHON, NODE, CHROMIUM, OPENSSL, NGINX, PROMTOOL, SYSTEMD,
    ];
    needed.into_iter().filter(|program| !(program.is_there)()).collect()
}

fn list(programs: &[Program]) -> String {
    let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
    names.join(" and ")
}

fn install(missing: &[Program]) -> io::Result<()> {
    if programs::on_path("apt-get").is_some() {
        return apt(&packages(missing, is_ubuntu()));
    }
    if programs::on_path("brew").is_some() {
        let formulas = missing.iter().flat_map(|program| program.brew);
        return run(Command::new("brew").arg("install").args(formulas));
    }
    let list = list(missing);
    Err(io::Error::other(format!(
        "there is neither apt-get nor brew: install {list}: {BY_HAND}"
    )))
}

const BY_HAND: &str = "`postgres`, `initdb`, `redis-server`, `sqlite3`, `python3`, `node`, `npm`, `chromium` or \
    `google-chrome`, `nginx` and `promtool` have to be on the PATH and to work, and `pkg-config` to know `openssl`";

fn packages(missing: &[Program], ubuntu: bool) -> Vec<&'static str> {
    let names = missing.iter().flat_map(|program| program.apt).copied();
    let known = |name| {
        if ubuntu && name == "chromium" {
            UBUNTUS_CHROMIUM
        } else {
            name
        }
    };
    names.map(known).collect()
}

fn is_ubuntu() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=ubuntu")
}

fn apt(packages: &[&str]) -> io::Result<()> {
    // An outdated list of one repository need not keep the packages from being found.
    if let Err(error) = run(apt_get(packages)?.arg("update")) {
        report(&format!("xtask: {error}; going on"));
    }
    run(apt_get(packages)?
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}

/// For these packages, which somebody else has to install where there is no right to.
fn apt_get(packages: &[&str]) -> io::Result<Command> {
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
        return Err(io::Error::other(format!(
            "as root, run: apt-get install {}",
            packages.join(" ")
        )));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_the_names_of_the_distribution() {
        let missing = [REDIS, NODE, CHROMIUM];
        assert_eq!(packages(&missing, false), ["redis-server", "nodejs", "npm", "chromium"]);
        assert_eq!(
            packages(&missing, true),
            ["redis-server", "nodejs", "npm", "chromium-browser"]
        );
    }
}
