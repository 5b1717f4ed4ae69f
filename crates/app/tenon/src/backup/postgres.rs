//! Postgres: by its own programs, on one snapshot with the digests.

use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use secrecy::{ExposeSecret, SecretString};
use tenon_sql::{Contents, HeldPostgres, PostgresSnapshot, differences};

use super::error::{BackupError, at};
use super::manifest::Manifest;
use super::programs::{command, find};
use super::{files, reading};
use crate::progress::Progress;

/// Takes away everything of the schema but what belongs to extensions, before what is restored comes, in the same transaction.
const CLEAR: &str = "DO $$ DECLARE item record; BEGIN
    FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', item.tablename);
    END LOOP;
    FOR item IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE %s CASCADE', item.name);
    END LOOP;
END $$;\n";

/// Has `pg_dump` write the database, and says what was in it at that moment.
pub fn write(url: &SecretString, to: &Path, progress: &mut Progress) -> Result<(Contents, i32), BackupError> {
    let mut snapshot = PostgresSnapshot::take(url.expose_secret())?;
    let contents = snapshot.contents(&mut reading(progress))?;
    let program = find("pg_dump", snapshot.major())?;
    progress.begin("pg_dump", "database", 1, 0);
    let mut dump = command(&program, url);
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--no-password"]);
    dump.arg(format!("--snapshot={}", snapshot.id())).arg("--file").arg(to);
    succeeded("pg_dump", dump.output())?;
    progress.advance(1);
    std::fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(at(to))?;
    files::sync(to)?;
    Ok((contents, snapshot.major()))
}

/// Has `pg_restore` read all of an archive, which is of a server of this version.
pub fn check(archive: &Path, major: i32) -> Result<(), BackupError> {
    let mut read = Command::new(find("pg_restore", major)?);
    read.arg("--file=/dev/null").arg(archive).stdin(Stdio::null());
    succeeded("pg_restore", read.output()).map(drop)
}

/// Restores into a database that nobody else is connected to, in one transaction, and compares what is in it then.
pub fn restore(
    url: &SecretString,
    archive: &Path,
    manifest: &Manifest,
    force: bool,
    progress: &mut Progress,
) -> Result<(), BackupError> {
    // Until this returns a server that starts waits, and then finds what was restored and compared.
    let mut target = HeldPostgres::take(url.expose_secret())?;
    if !target.is_empty()? && !force {
        return Err(BackupError::Occupied("the database".to_owned()));
    }
    progress.begin("restoring", "bytes", files::length(archive)?, 0);
    pipe(url, archive, target.major())?;
    progress.advance(files::length(archive)?);
    let found = target.contents(&mut reading(progress))?;
    let differences = differences(&manifest.contents().tables, &found.tables);
    if differences.is_empty() {
        Ok(())
    } else {
        Err(BackupError::Differs(differences))
    }
}

/// What `pg_restore` writes is what `psql` does, after everything that was there is gone. The transaction is committed by name once
/// `pg_restore` has written all of it: the end of the input alone, which `--single-transaction` would take for that, commits nothing.
fn pipe(url: &SecretString, archive: &Path, major: i32) -> Result<(), BackupError> {
    let mut restore = Command::new(find("pg_restore", major)?);
    restore.args(["--no-owner", "--no-privileges", "--file=-"]).arg(archive);
    let mut psql = command(&find("psql", major)?, url);
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--no-password"]);
    psql.args(["--file=-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut psql = psql.spawn().map_err(at(Path::new("psql")))?;
    let written = feed(&mut psql, restore);
    // It ends with its input, which is closed now.
    let done = succeeded("psql", psql.wait_with_output());
    // When it gave up, what fed it failed for that reason.
    done.and(written)
}

fn feed(psql: &mut Child, mut restore: Command) -> Result<(), BackupError> {
    let name = Path::new("psql");
    let mut input = psql
        .stdin
        .take()
        .ok_or(io::ErrorKind::BrokenPipe)
        .map_err(|kind| at(name)(kind.into()))?;
    input.write_all(b"BEGIN;\n").map_err(at(name))?;
    input.write_all(CLEAR.as_bytes()).map_err(at(name))?;
    let shared = input.as_fd().try_clone_to_owned().map_err(at(name))?;
    restore.stdin(Stdio::null()).stdout(Stdio::from(shared));
    let output = restore.output();
    // It holds the other end of the pipe as long as it is there.
    drop(restore);
    succeeded("pg_restore", output)?;
    input.write_all(b"COMMIT;\n").map_err(at(name))
}

fn succeeded(name: &'static str, output: io::Result<Output>) -> Result<Output, BackupError> {
    let output = output.map_err(at(Path::new(name)))?;
    if output.status.success() {
        return Ok(output);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let why = why.lines().next().unwrap_or("it said nothing").to_owned();
    Err(BackupError::Failed { name, why })
}
