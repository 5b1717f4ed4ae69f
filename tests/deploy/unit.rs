//! The unit of systemd.

use std::fs;
use std::process::Command;

use xtask::programs;

use crate::files::{binary, path, succeed, text};

/// What a unit says: assignments, in their order, a name as often as it is assigned.
pub struct Unit(Vec<(String, String)>);

impl Unit {
    /// `tenon.service`.
    pub fn read() -> Self {
        let text = text("systemd/tenon.service");
        let lines = text
            .lines()
            .filter(|line| !line.starts_with(['#', '[']) && !line.is_empty());
        let assignment = |line: &str| {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            (name.to_owned(), value.to_owned())
        };
        Self(lines.map(assignment).collect())
    }

    /// What is assigned to a name, once.
    pub fn one(&self, name: &str) -> &str {
        let [value] = self.all(name)[..] else {
            panic!("{name} is assigned {} times", self.all(name).len())
        };
        value
    }

    /// All that is assigned to a name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// The words of what is started.
    pub fn command(&self, name: &str) -> Vec<&str> {
        self.one(name).split_whitespace().collect()
    }
}

#[test]
fn what_the_unit_starts_is_what_the_command_line_takes() {
    let unit = Unit::read();
    for name in ["ExecStartPre", "ExecStart"] {
        let words = unit.command(name);
        assert_eq!(words[0], "/usr/local/bin/tenon");
        // Words that are not understood are refused before help is given.
        succeed(Command::new(binary()).args(&words[1..]).arg("--help").env_clear());
    }
    let nonsense = ["--config", "/etc/tenon/tenon.toml", "sreve", "--help"];
    let refused = Command::new(binary()).args(nonsense).env_clear().output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_finds_no_fault_with_the_unit_and_little_that_it_exposes() {
    let analyze = programs::on_path("systemd-analyze").expect("run `cargo xtask provision`");
    let folder = tempfile::tempdir().unwrap();
    // Programs that are not there are a fault.
    let unit = text("systemd/tenon.service").replace("/usr/local/bin/tenon", &binary());
    let file = folder.path().join("tenon.service");
    fs::write(&file, unit).unwrap();
    let output = succeed(Command::new(&analyze).args(["verify", "--man=no"]).arg(&file));
    let said = String::from_utf8(output.stderr).unwrap();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("tenon")).collect();
    assert!(ours.is_empty(), "{said}");
    // In tenths, of ten.
    let mut security = Command::new(&analyze);
    security.args(["security", "--offline=true", "--threshold=15", "--no-pager"]);
    succeed(security.arg(path("systemd/tenon.service")));
}

#[test]
fn the_unit_and_its_user_agree() {
    let unit = Unit::read();
    let line = text("systemd/tenon.sysusers");
    let line = line.lines().find(|line| line.starts_with('u')).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1], unit.one("User"));
    assert_eq!(words.last(), Some(&unit.one("WorkingDirectory")));
    let state = format!("/var/lib/{}", unit.one("StateDirectory"));
    assert_eq!(state, unit.one("WorkingDirectory"));
    assert!(
        unit.all("Environment")
            .contains(&format!("TENON__DATA__FOLDER={state}").as_str())
    );
}
