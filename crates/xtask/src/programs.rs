//! Where the programs that tests run are installed.

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

/// The path of nginx, which distributions put where only root looks.
pub fn nginx() -> Option<PathBuf> {
    on_path("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|program| program.is_file()))
}

/// What a browser with the DevTools protocol is called, and where macOS keeps it.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const BROWSER_APPLICATIONS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The oldest major version of Node that is still good.
const OLDEST_NODE: u32 = 18;

/// The path of a working Chromium, or of a browser made of it.
pub fn chromium() -> Option<PathBuf> {
    let named = BROWSERS.into_iter().filter_map(on_path);
    named
        .chain(BROWSER_APPLICATIONS.map(PathBuf::from))
        .find(|program| works(program))
}

/// The path of a `node` that is new enough, if `npm` is there, too.
pub fn node() -> Option<PathBuf> {
    on_path("npm").filter(|npm| works(npm))?;
    let node = on_path("node")?;
    let version = Command::new(&node).arg("--version").output().ok()?;
    let version = String::from_utf8(version.stdout).ok()?;
    is_new_enough(&version).then_some(node)
}

/// Whether `node --version` said so.
fn is_new_enough(version: &str) -> bool {
    let major = version.strip_prefix('v').and_then(|version| version.split('.').next());
    major.and_then(|major| major.parse::<u32>().ok()) >= Some(OLDEST_NODE)
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
    fn node_is_good_from_18_on() {
        for (version, good) in [
            ("v18.0.0\n", true),
            ("v20.20.2", true),
            ("v9.9.9", false),
            ("v17.9.1", false),
        ] {
            assert_eq!(is_new_enough(version), good, "{version}");
        }
        for version in ["", "v", "18.0.0", "node v18"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }

    #[test]
    fn a_program_that_fails_to_tell_its_version_does_not_count() {
        assert!(!works(Path::new("/bin/false")));
        assert!(!works(Path::new("/nowhere/postgres")));
    }
}
