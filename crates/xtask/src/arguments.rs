//! The command line.

pub const HELP: &str = "\
cargo xtask test [--only-tests] [-- ARGUMENTS]
    Installs what is missing, runs rustfmt, clippy and every test with a Postgres and a Redis of its own.
    --only-tests leaves out rustfmt and clippy. ARGUMENTS go to `cargo test` and imply --only-tests:
    cargo xtask test -- -p tenon-sql email
cargo xtask check
    Runs rustfmt, clippy and, where it is installed, cargo-deny.
cargo xtask fuzz [TARGET] [SECONDS]
    Looks for inputs that break a parser, for 60 seconds each unless told otherwise. Needs nightly Rust and cargo-fuzz.
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
    Fuzz { target: Option<String>, seconds: u32 },
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
        ["fuzz", rest @ ..] => fuzz(rest),
        ["provision"] => Ok(Task::Provision),
        ["servers"] => Ok(Task::Servers),
        ["help" | "--help" | "-h"] => Ok(Task::Help),
        other => Err(format!("`{}` is no task; there are:\n\n{HELP}", other.join(" "))),
    }
}

/// A target and a number of seconds, each of which may be left out.
fn fuzz(words: &[&str]) -> Result<Task, String> {
    let (target, seconds) = match words {
        [] => (None, None),
        [seconds] if seconds.parse::<u32>().is_ok() => (None, Some(*seconds)),
        [target] => (Some((*target).to_owned()), None),
        [target, seconds] => (Some((*target).to_owned()), Some(*seconds)),
        _ => {
            return Err(format!(
                "a target and a number of seconds are all that `fuzz` takes:\n\n{HELP}"
            ));
        }
    };
    let seconds = seconds
        .map_or(Ok(60), str::parse)
        .map_err(|_| "`fuzz` takes a number of seconds".to_owned())?;
    Ok(Task::Fuzz { target, seconds })
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
    fn fuzzing_may_name_a_target_and_a_time() {
        let fuzz = |target: Option<&str>, seconds| {
            let target = target.map(str::to_owned);
            Ok(Task::Fuzz { target, seconds })
        };
        assert_eq!(parsed("fuzz"), fuzz(None, 60));
        assert_eq!(parsed("fuzz cursors"), fuzz(Some("cursors"), 60));
        assert_eq!(parsed("fuzz cursors 5"), fuzz(Some("cursors"), 5));
        assert_eq!(parsed("fuzz 5"), fuzz(None, 5));
        assert!(parsed("fuzz cursors soon").is_err() && parsed("fuzz a 1 2").is_err());
    }

    #[test]
    fn an_unknown_task_is_answered_with_the_help() {
        assert!(parsed("tset").unwrap_err().contains("cargo xtask test"));
        assert!(parsed("test --fast").is_err());
        assert!(parsed("").is_err());
    }
}
