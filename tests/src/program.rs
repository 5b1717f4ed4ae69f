//! A client that is a program: a command a line on its input, an answer a line on its output.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// It ends when this is dropped.
pub struct Program {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Program {
    /// A script of `tests/clients/programs` on Node.
    pub fn node(script: &str) -> Self {
        let mut command = Command::new(variable("TENON_TEST_NODE"));
        command.env("NODE_PATH", variable("TENON_TEST_NODE_MODULES"));
        Self::run(command.arg(path(script)))
    }

    /// A script of `tests/clients/programs` on Python.
    pub fn python(script: &str) -> Self {
        Self::run(Command::new(variable("TENON_TEST_PYTHON")).arg(path(script)))
    }

    /// The program that this variable names.
    pub fn built(name: &str) -> Self {
        Self::run(&mut Command::new(variable(name)))
    }

    fn run(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.kill_on_drop(true).spawn().unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        }
    }

    /// What it answers to this command.
    ///
    /// # Panics
    ///
    /// When it ends, or does not answer for half a minute.
    pub async fn ask(&mut self, command: &Value) -> Value {
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        let answer = timeout(PATIENCE, self.output.next_line()).await;
        let Ok(Ok(Some(line))) = answer else {
            panic!("no answer to {command}: {answer:?}")
        };
        serde_json::from_str(&line).unwrap()
    }
}

fn path(script: &str) -> String {
    format!("{}/clients/programs/{script}", env!("CARGO_MANIFEST_DIR"))
}

/// What the environment of tests says.
///
/// # Panics
///
/// When it does not say it.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, or set what `cargo xtask servers` prints")
    })
}
