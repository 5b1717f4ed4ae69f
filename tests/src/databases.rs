//! Empty databases, one for each test, that go when the test ends.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tenon_kernel::{Id, UserId};
use tokio::time::sleep;
use xtask::programs;

use crate::clock::moment;

/// Far more than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_secs(900);

const PAUSE: Duration = Duration::from_millis(50);

/// An empty database of the test's own. Its tables are not made yet.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "the folder goes when this is dropped")] TempDir),
    Server { admin: String, name: String },
}

impl Database {
    /// A file that does not exist yet, in a temporary folder.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("tenon.db").display());
        Self {
            url,
            place: Place::Folder(folder),
        }
    }

    /// A database on the server that `TENON_TEST_POSTGRES` names.
    pub fn postgres() -> Self {
        let admin = env::var("TENON_TEST_POSTGRES")
            .expect("no Postgres: run `cargo xtask test`, or set what `cargo xtask servers` prints");
        let id: UserId = Id::at(moment());
        let name = format!("tenon_test_{}", id.uuid().simple());
        psql(&admin, &format!("CREATE DATABASE {name}"));
        let mut url = url::Url::parse(&admin).unwrap();
        url.set_path(&name);
        Self {
            url: url.into(),
            place: Place::Server { admin, name },
        }
    }

    /// As the configuration takes it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Database {
    /// Runs one statement as somebody who may do everything, and returns what it prints, or why it failed.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn execute(&self, statement: &str) -> Result<String, String> {
        let output = match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let shell =
                    programs::on_path("sqlite3").expect("sqlite3 is not installed: run `cargo xtask provision`");
                Command::new(shell)
                    .args(["-bail", "-cmd", ".timeout 20000", path, statement])
                    .output()
            }
            None => Command::new(program("psql"))
                .args([
                    "-X",
                    "-q",
                    "-t",
                    "-A",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-c",
                    statement,
                    &self.url,
                ])
                .output(),
        };
        let output = output.unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Runs a statement on the audit log past what keeps it from being changed.
    pub fn tamper(&self, statement: &str) {
        let triggers = if self.url.starts_with("sqlite:") {
            "DROP TRIGGER audit_entries_stay_as_they_are; DROP TRIGGER audit_entries_stay; DROP TRIGGER audit_chains_stay;
             DROP TRIGGER audit_chains_only_grow;"
        } else {
            "DROP TRIGGER audit_entries_stay ON audit_entries; DROP TRIGGER audit_chains_stay ON audit_chains;
             DROP TRIGGER audit_chains_only_grow ON audit_chains;"
        };
        self.execute(&format!("{triggers} {statement};")).unwrap();
    }

    /// The condition that a row of the audit log is of the installation's chain.
    pub fn of_installation(&self) -> &'static str {
        match self.url.starts_with("sqlite:") {
            true => "chain = zeroblob(16)",
            false => "chain = '00000000-0000-0000-0000-000000000000'",
        }
    }

    /// How a statement writes these bytes, which are given in hexadecimal.
    pub fn bytes(&self, hexadecimal: &str) -> String {
        match self.url.starts_with("sqlite:") {
            true => format!("x'{hexadecimal}'"),
            false => format!("'\\x{hexadecimal}'"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { admin, name } = &self.place {
            psql(admin, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A program of Postgres, of the same version as the server.
pub fn program(name: &str) -> PathBuf {
    let folder = programs::postgres().expect("Postgres is not installed");
    let beside_server = folder.join(name);
    if beside_server.exists() {
        return beside_server;
    }
    programs::on_path(name).unwrap_or(beside_server)
}

/// Asks the question again and again until it has an answer, and returns that.
pub async fn until(url: &str, question: &str) -> String {
    let begin = Instant::now();
    loop {
        let answer = psql(url, question);
        if !answer.trim().is_empty() {
            return answer;
        }
        assert!(begin.elapsed() < PATIENCE, "{question}: no answer");
        sleep(PAUSE).await;
    }
}

/// Runs one statement and returns what it prints, without headings.
pub fn psql(url: &str, statement: &str) -> String {
    let output = Command::new(program("psql"))
        .args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", statement, url])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{statement}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
