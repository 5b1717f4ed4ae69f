//! The tasks themselves.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use xtask::programs;
use xtask::servers::{Postgres, Redis};

use crate::lints::denying;
use crate::provision;
use crate::steps::Steps;

pub fn test(steps: &mut Steps, only_tests: bool, arguments: &[String]) -> io::Result<()> {
    // A full run compiles once: its builds and its tests are of the same packages, with the same compiler.
    let (compiling, built): (fn() -> Command, &[&str]) = if only_tests {
        (cargo, &["build", "--package", "tenon"])
    } else {
        format(steps)?;
        (|| denying(cargo()), &["build", "--workspace", "--all-targets"])
    };
    steps.command("build", compiling().args(built))?;
    let clients = Clients::provide(steps)?;
    let postgres = steps.step("start Postgres", Postgres::start)?;
    let redis = steps.step("start Redis", Redis::start)?;

    // Tests that are killed leave their temporary files behind; this folder takes them away.
    let scratch = tempfile::Builder::new().prefix("tenon-tests-").tempdir()?;
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755))?;

    let mut tests = compiling();
    tests.arg("test").args(selection(arguments)).args(arguments);
    tests
        .envs(environment(&postgres, &redis, &clients)?)
        .env("TMPDIR", scratch.path());
    steps.command("cargo test", &mut tests)
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
    Clients::provide(steps).map(drop)
}

pub fn servers(steps: &mut Steps) -> io::Result<()> {
    let clients = Clients::provide(steps)?;
    let (postgres, redis) = (Postgres::start()?, Redis::start()?);
    let mut out = io::stdout().lock();
    for (name, value) in environment(&postgres, &redis, &clients)? {
        writeln!(out, "export {name}='{value}'")?;
    }
    out.flush()?;
    steps.until_interrupted()
}

fn format(steps: &mut Steps) -> io::Result<()> {
    provision::components(steps)?;
    steps.command("cargo fmt --check", cargo().args(["fmt", "--all", "--check"]))
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

/// What plays the part of clients that are not ours.
struct Clients {
    kosoku: PathBuf,
    python: PathBuf,
    node: PathBuf,
    modules: PathBuf,
    chromium: PathBuf,
}

impl Clients {
    /// Installs what the tests need and is missing, servers included.
    fn provide(steps: &mut Steps) -> io::Result<Self> {
        provision::programs(steps)?;
        let target = target()?;
        let python = provision::python(steps, &target)?;
        let gone = || io::Error::other("Node or Chromium is gone again");
        Ok(Self {
            kosoku: python.join("kosoku"),
            python: python.join("python"),
            node: programs::node().ok_or_else(gone)?,
            modules: provision::modules(steps, &target)?,
            chromium: programs::chromium().ok_or_else(gone)?,
        })
    }
}

fn environment(postgres: &Postgres, redis: &Redis, clients: &Clients) -> io::Result<[(&'static str, String); 8]> {
    let text = |path: &Path| path.display().to_string();
    Ok([
        ("TENON_TEST_POSTGRES", postgres.url()),
        ("TENON_TEST_REDIS", redis.url()),
        ("TENON_TEST_BINARY", text(&target()?.join("debug/tenon"))),
        ("TENON_TEST_KOSOKU", text(&clients.kosoku)),
        ("TENON_TEST_PYTHON", text(&clients.python)),
        ("TENON_TEST_NODE", text(&clients.node)),
        ("TENON_TEST_NODE_MODULES", text(&clients.modules)),
        ("TENON_TEST_CHROMIUM", text(&clients.chromium)),
    ])
}

/// The target folder, found from this program's own place, `target/PROFILE/xtask`.
fn target() -> io::Result<PathBuf> {
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
