//! Where the programs of Postgres and Redis are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Folders in which package systems put programs without adding them to `PATH`. One `*` a pattern.
const USUAL_PLACES: [&str; 8] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/redis/bin",
    "/usr/local/opt/redis/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
];

/// The folder that holds a working `postgres` together with its `initdb`.
///
/// Folders on `PATH` come first, then the usual places, the highest version first.
pub fn postgres() -> Option<PathBuf> {
    folders()
        .into_iter()
        .find(|folder| works(&folder.join("postgres")) && works(&folder.join("initdb")))
}

/// The path of a working `redis-server`.
pub fn redis_server() -> Option<PathBuf> {
    folders()
        .into_iter()
        .map(|folder| folder.join("redis-server"))
        .find(|program| works(program))
}

/// The path of `name` in one of the folders on `PATH`, if it is there.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

fn folders() -> Vec<PathBuf> {
    let on_path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&on_path)
        .chain(USUAL_PLACES.iter().flat_map(|pattern| expand(pattern)))
        .collect()
}

fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut versions: Vec<String> = fs::read_dir(Path::new(parent))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix(prefix).map(str::to_owned))
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.parse::<u32>().unwrap_or(0)));
    versions
        .iter()
        .map(|version| PathBuf::from(format!("{before}{version}{after}")))
        .collect()
}

fn works(program: &Path) -> bool {
    program.is_file()
        && Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_expands_to_the_highest_version_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "16"] {
            fs::create_dir_all(root.path().join(format!("postgresql@{version}/bin"))).unwrap();
        }
        let pattern = format!("{}/postgresql@*/bin", root.path().display());

        let found = expand(&pattern);

        let expected = ["16", "15", "9"].map(|version| root.path().join(format!("postgresql@{version}/bin")));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_program_that_fails_to_tell_its_version_does_not_count() {
        assert!(!works(Path::new("/bin/false")));
        assert!(!works(Path::new("/nowhere/postgres")));
    }
}
