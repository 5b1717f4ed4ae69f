//! A client that is a program: a command a line on its input, an answer a line on its output.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::{Drive, PATIENCE, variable};

pub struct Program {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Program {
    /// `ws` on Node.
    pub fn node() -> Self {
        let mut command = Command::new(variable("TENON_TEST_NODE"));
        command.env("NODE_PATH", variable("TENON_TEST_NODE_MODULES"));
        Self::run(command, "ws.js")
    }

    /// `websockets` on Python.
    pub fn python() -> Self {
        Self::run(Command::new(variable("TENON_TEST_PYTHON")), "websockets_client.py")
    }

    fn run(mut command: Command, script: &str) -> Self {
        let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/programs");
        let child = command
            .arg(format!("{programs}/{script}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        }
    }
}

impl Drive for Program {
    async fn ask(&mut self, command: &Value) -> Value {
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        let answer = timeout(PATIENCE, self.output.next_line()).await;
        let Ok(Ok(Some(line))) = answer else {
            panic!("no answer to {command}: {answer:?}")
        };
        serde_json::from_str(&line).unwrap()
    }
}
