//! The tasks themselves.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, thread};

use xtask::programs;
use xtask::servers::{Postgres, Redis};

use crate::clients::Clients;
use crate::fuzz;
use crate::lints::denying;
use crate::provision;
use crate::steps::Steps;

/// Read by the tests' own runner.
const THREADS: &str = "RUST_TEST_THREADS";

/// Of what tests run, that which `cargo test` of another package does not build.
const WHAT_TESTS_RUN: [&str; 9] = [
    "build",
    "--package",
    "tenon",
    "--bin",
    "tenon",
    "--package",
    "tenon-socketio",
    "--example",
    "echo",
];

pub fn test(steps: &mut Steps, only_tests: bool, arguments: &[String]) -> io::Result<()> {
    // A full run compiles once: its builds and its tests are of the same packages, with the same compiler.
    let (compiling, built): (fn() -> Command, &[&str]) = if only_tests {
        (cargo, &WHAT_TESTS_RUN)
    } else {
        format(steps)?;
        (|| denying(cargo()), &["build", "--workspace", "--all-targets"])
    };
    steps.command("build", compiling().args(built))?;
    let clients = Clients::provide(steps, compiling())?;
    let postgres = steps.step("start Postgres", Postgres::start_in_memory)?;
    let redis = steps.step("start Redis", Redis::start)?;

    // Tests that are killed leave their temporary files behind; this folder takes them away.
    let scratch = tempfile::Builder::new().prefix("tenon-tests-").tempdir()?;
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755))?;

    let mut tests = compiling();
    tests.arg("test").args(selection(arguments)).args(arguments);
    tests
        .envs(clients.environment(&postgres, &redis)?)
        .env("TMPDIR", scratch.path());
    if env::var_os(THREADS).is_none() {
        tests.env(THREADS, at_once()?.to_string());
    }
    steps.command("cargo test", &mut tests)
}

/// How many tests of a target run beside each other: twice as many as there are cores, since a test waits for servers, timers and
/// browsers half of its time.
fn at_once() -> io::Result<usize> {
    Ok(2 * thread::available_parallelism()?.get())
}

pub fn check(steps: &mut Steps) -> io::Result<()> {
    format(steps)?;
    let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    steps.command("cargo clippy", cargo().args(lints))?;
    if programs::on_path("cargo-deny").is_some() {
        let checks = [
            "deny",
            "--workspace",
            "check",
            "-A",
            "unused-wrapper",
            "bans",
            "licenses",
            "sources",
        ];
        return steps.command("cargo deny", cargo().args(checks));
    }
    Ok(())
}

pub fn provision(steps: &mut Steps) -> io::Result<()> {
    provision::components(steps)?;
    Clients::provide(steps, cargo()).map(drop)
}

pub fn servers(steps: &mut Steps) -> io::Result<()> {
    let clients = Clients::provide(steps, cargo())?;
    let (postgres, redis) = (Postgres::start_in_memory()?, Redis::start()?);
    let mut out = io::stdout().lock();
    for (name, value) in clients.environment(&postgres, &redis)? {
        writeln!(out, "export {name}='{value}'")?;
    }
    out.flush()?;
    steps.until_interrupted()
}

fn format(steps: &mut Steps) -> io::Result<()> {
    provision::components(steps)?;
    steps.command("cargo fmt --check", cargo().args(["fmt", "--all", "--check"]))?;
    for (what, manifest) in [
        ("a client on Rust", provision::RUST_SOCKETIO),
        ("the fuzz targets", fuzz::MANIFEST),
    ] {
        let outside = ["fmt", "--check", "--manifest-path", manifest];
        steps.command(&format!("cargo fmt --check of {what}"), cargo().args(outside))?;
    }
    Ok(())
}

/// The whole workspace to the end, unless the arguments choose for themselves.
fn selection(arguments: &[String]) -> &'static [&'static str] {
    let package = |argument: &String| argument.starts_with("-p") || argument.starts_with("--package");
    match arguments {
        [] => &["--workspace", "--no-fail-fast"],
        some if some.iter().any(package) => &[],
        _ => &["--workspace"],
    }
}

/// The target folder, found from this program's own place, `target/PROFILE/xtask`.
pub fn target() -> io::Result<PathBuf> {
    let own = env::current_exe()?;
    let target = own
        .ancestors()
        .nth(2)
        .ok_or_else(|| io::Error::other("xtask does not run from a target folder"))?;
    Ok(target.to_owned())
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
