//! The command line.

pub const HELP: &str = "\
cargo xtask test [--only-tests] [-- ARGUMENTS]
    Installs what is missing, runs rustfmt, clippy and every test with a Postgres and a Redis of its own.
    --only-tests leaves out rustfmt and clippy. ARGUMENTS go to `cargo test` and imply --only-tests:
    cargo xtask test -- -p tenon-sql email
cargo xtask check
    Runs rustfmt, clippy and, where it is installed, cargo-deny.
cargo xtask provision
    Installs Postgres, Redis, sqlite3, Python, Node, Chromium, nginx, promtool, strace, systemd-analyze and OpenSSL's
    headers (on Linux), packages for clients, rustfmt and clippy where they are missing.
cargo xtask servers
    Runs Postgres and Redis until Ctrl-C and prints the environment that the tests read.
";

#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    Test { only_tests: bool, arguments: Vec<String> },
    Check,
    Provision,
    Servers,
    Help,
}

pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let arguments: Vec<String> = arguments.collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => Ok(Task::Test {
            only_tests: false,
            arguments: Vec::new(),
        }),
        ["test", "--only-tests"] => Ok(Task::Test {
            only_tests: true,
            arguments: Vec::new(),
        }),
        ["test", "--", rest @ ..] | ["test", "--only-tests", "--", rest @ ..] => Ok(Task::Test {
            only_tests: true,
            arguments: rest.iter().map(ToString::to_string).collect(),
        }),
        ["check"] => Ok(Task::Check),
        ["provision"] => Ok(Task::Provision),
        ["servers"] => Ok(Task::Servers),
        ["help" | "--help" | "-h"] => Ok(Task::Help),
        other => Err(format!("`{}` is no task; there are:\n\n{HELP}", other.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn test_alone_runs_everything() {
        assert_eq!(
            parsed("test"),
            Ok(Task::Test {
                only_tests: false,
                arguments: vec![]
            })
        );
    }

    #[test]
    fn arguments_after_two_dashes_go_to_cargo_test() {
        let arguments = vec![
            "-p".to_owned(),
            "tenon-sql".to_owned(),
            "--".to_owned(),
            "email".to_owned(),
        ];
        assert_eq!(
            parsed("test -- -p tenon-sql -- email"),
            Ok(Task::Test {
                only_tests: true,
                arguments
            })
        );
    }

    #[test]
    fn an_unknown_task_is_answered_with_the_help() {
        assert!(parsed("tset").unwrap_err().contains("cargo xtask test"));
        assert!(parsed("test --fast").is_err());
        assert!(parsed("").is_err());
    }
}
