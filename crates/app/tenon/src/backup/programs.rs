//! The client programs of Postgres.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret, SecretString};

use super::error::BackupError;

/// Where packages put the programs of one version: `{}` is the version.
const FOLDERS: [&str; 5] = [
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/opt/homebrew/opt/libpq/bin",
    "/usr/local/opt/libpq/bin",
];

/// How many versions after the server's are looked for.
const NEWER: i32 = 10;

/// A program that is not older than a server of version `major`, which an older one does not understand.
pub fn find(name: &'static str, major: i32) -> Result<PathBuf, BackupError> {
    let mut newest = None;
    for path in candidates(name, major) {
        let Some(version) = version(&path) else { continue };
        if version >= major {
            return Ok(path);
        }
        newest = newest.max(Some(version));
    }
    let found = newest.map_or_else(
        || "there is none".to_owned(),
        |version| format!("the newest here is {version}"),
    );
    Err(BackupError::Program { name, major, found })
}

fn candidates(name: &str, major: i32) -> Vec<PathBuf> {
    let of_version = |version: i32| FOLDERS.map(|folder| PathBuf::from(folder.replace("{}", &version.to_string())));
    let on_path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&on_path).chain((major..=major + NEWER).flat_map(of_version));
    let programs = folders.map(|folder| folder.join(name));
    programs
        .filter(|program| fs::metadata(program).is_ok_and(|file| file.is_file()))
        .collect()
}

/// The number before the point in `pg_dump (PostgreSQL) 17.5`.
fn version(program: &Path) -> Option<i32> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    major(&String::from_utf8(output.stdout).ok()?)
}

fn major(text: &str) -> Option<i32> {
    let number = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The program, to be run on this database. The password is not among its arguments, which everybody on the machine can see.
pub fn command(program: &Path, database: &SecretString) -> Command {
    let mut command = Command::new(program);
    let (address, password) = parted(database.expose_secret());
    if let Some(password) = password {
        command.env("PGPASSWORD", decoded(&password));
    }
    command.arg(format!("--dbname={address}")).stdin(Stdio::null());
    command
}

/// The address without its password, which is before the host or a parameter. Read as text, since libpq takes several hosts or none, which
/// is no URL.
fn parted(address: &str) -> (String, Option<String>) {
    let (base, query) = address.split_once('?').unwrap_or((address, ""));
    let (of_query, rest): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.starts_with("password="));
    let mut password = of_query
        .last()
        .and_then(|pair| pair.split_once('='))
        .map(|(_, value)| value.to_owned());
    let (scheme, remainder) = base.split_once("://").unwrap_or(("postgres", base));
    let (authority, path) = remainder
        .find('/')
        .map_or((remainder, ""), |slash| remainder.split_at(slash));
    let authority = match authority.rsplit_once('@') {
        Some((who, hosts)) => {
            let (user, secret) = who
                .split_once(':')
                .map_or((who, None), |(user, secret)| (user, Some(secret)));
            password = password.or(secret.map(str::to_owned));
            format!("{user}@{hosts}")
        }
        None => authority.to_owned(),
    };
    let query = if rest.is_empty() {
        String::new()
    } else {
        format!("?{}", rest.join("&"))
    };
    (format!("{scheme}://{authority}{path}{query}"), password)
}

/// Without percent-encoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_program_is_read_from_what_it_prints() {
        for (text, version) in [
            ("pg_dump (PostgreSQL) 17.5", 17),
            ("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15),
            ("pg_restore (PostgreSQL) 18beta1", 18),
        ] {
            assert_eq!(major(text), Some(version), "{text}");
        }
        assert_eq!(major("no version"), None);
    }

    #[test]
    fn a_password_goes_by_the_environment_and_not_by_the_arguments() {
        let url = SecretString::from("postgres://ada:p%40s+s@db:5433/tenon?sslmode=prefer");
        let command = command(Path::new("pg_dump"), &url);
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["--dbname=postgres://ada@db:5433/tenon?sslmode=prefer"]);
        let variables: Vec<_> = command.get_envs().collect();
        assert_eq!(variables, [("PGPASSWORD".as_ref(), Some("p@s+s".as_ref()))]);
    }

    #[test]
    fn a_password_is_found_wherever_libpq_takes_one() {
        for (address, without, password) in [
            (
                "postgres://u:PW@h1:5432,h2:5432/db",
                "postgres://u@h1:5432,h2:5432/db",
                Some("PW"),
            ),
            (
                "postgresql://u:PW@/db?host=/run/postgresql",
                "postgresql://u@/db?host=/run/postgresql",
                Some("PW"),
            ),
            (
                "postgres://u@h/db?password=PW&sslmode=prefer",
                "postgres://u@h/db?sslmode=prefer",
                Some("PW"),
            ),
            ("postgres://h/db", "postgres://h/db", None),
            ("postgres://u@h", "postgres://u@h", None),
        ] {
            assert_eq!(
                parted(address),
                (without.to_owned(), password.map(str::to_owned)),
                "{address}"
            );
        }
    }

    #[test]
    fn a_program_that_is_nowhere_is_named_with_the_version_that_is_needed() {
        let error = find("pg_nothing", 17).unwrap_err().to_string();
        assert!(
            error.starts_with("pg_nothing of version 17 or later is needed"),
            "{error}"
        );
        assert!(error.contains("postgresql-client-17"), "{error}");
    }
}
