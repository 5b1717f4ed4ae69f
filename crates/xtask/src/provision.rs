//! Installing what the tests need.

use std::io;
use std::process::{Command, Stdio};

use xtask::programs;

use crate::commands::cargo;
use crate::steps::{Steps, report};

/// Installs rustfmt and clippy where one of them is missing.
pub fn components(steps: &mut Steps) -> io::Result<()> {
    if works("fmt") && works("clippy") {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "rustfmt", "clippy"]);
    steps.step("install rustfmt and clippy", || run(&mut rustup))
}

/// Installs Postgres and Redis, each only where it is missing.
pub fn servers(steps: &mut Steps) -> io::Result<()> {
    let missing = missing_servers();
    if missing.is_empty() {
        return Ok(());
    }
    steps.step(&format!("install {}", missing.join(" and ")), || install(&missing))?;
    match missing_servers().as_slice() {
        [] => Ok(()),
        still => Err(io::Error::other(format!(
            "{} still not found after the installation",
            still.join(" and ")
        ))),
    }
}

fn missing_servers() -> Vec<&'static str> {
    let postgres = programs::postgres().is_none().then_some("Postgres");
    let redis = programs::redis_server().is_none().then_some("Redis");
    postgres.into_iter().chain(redis).collect()
}

fn install(missing: &[&str]) -> io::Result<()> {
    if programs::on_path("apt-get").is_some() {
        return apt(&packages(missing, "postgresql", "redis-server"));
    }
    if programs::on_path("brew").is_some() {
        return run(Command::new("brew")
            .arg("install")
            .args(packages(missing, "postgresql@16", "redis")));
    }
    let list = missing.join(" and ");
    Err(io::Error::other(format!(
        "install {list}, with `postgres`, `initdb` and `redis-server` on the PATH: there is neither apt-get nor brew"
    )))
}

fn packages<'a>(missing: &[&str], postgres: &'a str, redis: &'a str) -> Vec<&'a str> {
    missing
        .iter()
        .map(|server| if *server == "Postgres" { postgres } else { redis })
        .collect()
}

fn apt(packages: &[&str]) -> io::Result<()> {
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
            "as root, run: apt-get install postgresql redis-server",
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
