//! The binary under what the unit of systemd leaves it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tenon_tests::app::Setup;
use tenon_tests::waiting::until_ok;
use xtask::programs;

use crate::files::{binary, project, succeed};
use crate::root::{Root, assert_powerless, in_production, owner, processes};
use crate::system_calls::Trace;
use crate::unit::Unit;

/// What a directive means for what is seen.
const MOUNTS: [(&str, &str, &str); 2] = [
    ("PrivateTmp", "yes", "mount -t tmpfs tmpfs \"$root/tmp\""),
    ("PrivateDevices", "yes", "mount --bind /dev/null \"$root/dev/null\""),
];

/// The file system that the unit is put into: the read-only system, of which the binary needs its libraries alone.
fn root() -> Root {
    let root = Root::of_the_image();
    for folder in ["usr/local/bin", "etc/tenon", "tmp"] {
        fs::create_dir_all(root.path(folder)).unwrap();
    }
    fs::rename(root.path("usr/bin/tenon"), root.path("usr/local/bin/tenon")).unwrap();
    fs::copy(
        project().join("config/production.toml"),
        root.path("etc/tenon/tenon.toml"),
    )
    .unwrap();
    fs::write(root.path("dev/null"), "").unwrap();
    root
}

/// The steps that the directives call for.
fn mounts(unit: &Unit) -> String {
    assert_eq!((unit.one("ProtectSystem"), unit.one("UMask")), ("strict", "0077"));
    assert_eq!(
        (unit.one("CapabilityBoundingSet"), unit.one("NoNewPrivileges")),
        ("", "yes")
    );
    assert_eq!((unit.one("ProcSubset"), unit.one("ProtectProc")), ("pid", "invisible"));
    let mut steps = vec![processes(true), "mount --bind \"$data\" \"$root/var/lib/tenon\""];
    for (directive, value, step) in MOUNTS {
        assert_eq!(unit.one(directive), value);
        steps.push(step);
    }
    steps.join("\n")
}

/// `strace` of everything, whose lines go into a file.
fn traced(file: &Path) -> Vec<String> {
    let strace = programs::on_path("strace").expect("strace is not installed: run `cargo xtask provision`");
    let (strace, file) = (strace.display().to_string(), file.display().to_string());
    let words = [strace.as_str(), "-D", "-f", "-q", "-s", "48", "-o", &file];
    words.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenon_does_its_work_under_the_restrictions_of_the_unit_and_makes_no_call_that_they_refuse() {
    let (unit, root, folder) = (Unit::read(), root(), tempfile::tempdir().unwrap());
    let file = folder.path().join("trace");
    let command = unit.command("ExecStart").join(" ");
    let through = [traced(&file), root.enter(&mounts(&unit), &command)].concat();
    let through: Vec<&str> = through.iter().map(String::as_str).collect();
    let options = in_production(Setup::SqliteAlone.options().set("DATABASE_URL", ""));
    let mut app = options.through(&through).start().await;
    assert_powerless(app.pid());
    let ada = app.register("ada").await;
    ada.made_asset("Main pump").await;
    let mut socket = ada.socket().await;
    socket.publish(&ada.room(), "said", &serde_json::json!(1)).await;
    assert_eq!(app.stop().await, Some(0), "{}", app.log());
    let database = fs::metadata(root.data().join("tenon.db")).unwrap();
    assert_eq!((database.uid(), database.mode() & 0o777), (owner().0, 0o600));
    Trace::of(&ended(&file).await).assert_allowed(&unit);
}

/// What was traced, once it ends.
async fn ended(file: &Path) -> String {
    until_ok("the trace ends", Duration::from_secs(20), async || {
        let trace = fs::read_to_string(file).unwrap();
        if trace.contains("+++ exited with 0 +++") {
            return Ok(trace);
        }
        Err(trace.lines().last().unwrap_or_default().to_owned())
    })
    .await
}

#[test]
fn the_configuration_of_the_unit_is_checked_first_and_a_mistake_in_it_is_not_tried_again() {
    let unit = Unit::read();
    let file = project().join("config/production.toml").display().to_string();
    let words = unit
        .command("ExecStartPre")
        .join(" ")
        .replace("/etc/tenon/tenon.toml", &file);
    let mut check = Command::new(binary());
    check.args(words.split(' ').skip(1)).env_clear();
    let refused = check.output().unwrap();
    let code = refused.status.code().unwrap().to_string();
    assert_eq!(unit.one("RestartPreventExitStatus"), code, "{refused:?}");
    succeed(
        check
            .env("JWT_SECRET", tenon_tests::app::JWT_SECRET)
            .env("ENCRYPTION_KEY", tenon_tests::app::ENCRYPTION_KEY)
            .env("OPERATOR_PASSWORD", tenon_tests::app::OPERATOR_PASSWORD),
    );
}
