//! Linting while compiling.

use std::path::Path;
use std::process::Command;

/// Parts the arguments that `cargo clippy` hands to the compiler of a package.
const SEPARATOR: &str = "__CLIPPY_HACKERY__";

/// Lets this cargo compile the workspace's packages with clippy in place of rustc, and fail at any warning of either.
///
/// This is how `cargo clippy` goes about it, except that it only checks. Whoever needs the programs as well has all
/// dependencies compiled once instead of twice.
pub fn denying(mut cargo: Command) -> Command {
    let beside = Path::new(cargo.get_program()).with_file_name("clippy-driver");
    let arguments = ["-D", "warnings"].map(|argument| format!("{argument}{SEPARATOR}"));
    cargo
        .env("RUSTC_WORKSPACE_WRAPPER", beside)
        .env("CLIPPY_ARGS", arguments.concat());
    cargo
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::commands::cargo;

    const MANIFEST: &str = "[package]\nname = \"linted\"\nedition = \"2024\"\n[workspace]\n";
    const BANS: &str = "disallowed-methods = [{ path = \"std::mem::forget\" }]\n";

    /// Whether a package of this source is built, and what was said of it.
    fn build(source: &str) -> (bool, String) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in [("Cargo.toml", MANIFEST), ("clippy.toml", BANS), ("src/lib.rs", source)] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut build = denying(cargo());
        build.args(["build", "--offline", "--target-dir", "target"]);
        let output = build.current_dir(folder.path()).output().unwrap();
        let libraries = folder.path().join("target/debug/liblinted.rlib");
        assert_eq!(output.status.success(), libraries.is_file());
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn what_has_no_lint_against_it_is_compiled() {
        let (built, said) = build("pub fn plain() {}\n");
        assert!(built, "{said}");
    }

    #[test]
    fn warnings_of_rustc_and_of_clippy_and_what_clippy_toml_bans_fail_the_build() {
        for (source, lint) in [
            ("fn unused() {}\n", "dead-code"),
            (
                "pub fn empty(text: &str) -> bool { text.len() == 0 }\n",
                "clippy::len-zero",
            ),
            (
                "pub fn leak(text: String) { std::mem::forget(text) }\n",
                "clippy::disallowed-methods",
            ),
        ] {
            let (built, said) = build(source);
            assert!(!built && said.contains(lint), "{lint}: {said}");
        }
    }
}
