//! `tenon chat`, told what to do by lines, telling what happens by lines of JSON.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::app::{PASSWORD, Person};
use crate::program::variable;

/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// It is killed when this is dropped.
pub struct Terminal {
    input: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Terminal {
    /// Talks to somebody, as whom and where `person` is, with keys in this folder.
    pub async fn talk(server: &str, folder: &Path, person: &Person, to: &Person, options: &[&str]) -> Self {
        let child = Command::new(variable("TENON_TEST_BINARY"))
            .arg("chat")
            .args(["--server", server])
            .args(["--email", &person.email])
            .args(["--organization", &person.organization])
            .args(["--to", &to.email])
            .arg("--store")
            .arg(folder)
            .args(options)
            .env("TENON_PASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.unwrap();
        let mut terminal = Self {
            input: child.stdin.take().unwrap(),
            events: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        };
        terminal.until("talking").await;
        terminal
    }

    /// Says a line: a message, or a command that begins with a slash.
    pub async fn say(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// The next event; none when the process has ended.
    pub async fn next(&mut self) -> Option<Value> {
        let line = timeout(PATIENCE, self.events.next_line()).await.unwrap().unwrap();
        line.map(|line| serde_json::from_str(&line).unwrap())
    }

    /// The next event of this name; others before it are passed over.
    ///
    /// # Panics
    ///
    /// When the terminal ends before.
    pub async fn until(&mut self, name: &str) -> Value {
        loop {
            let event = self.next().await;
            let event = event.unwrap_or_else(|| panic!("the terminal ended before {name}"));
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Kills the process, and answers what it said until then.
    pub async fn kill(mut self) -> Vec<Value> {
        self.child.kill().await.unwrap();
        let mut said = Vec::new();
        // The last line may be cut off.
        while let Ok(Ok(Some(line))) = timeout(PATIENCE, self.events.next_line()).await {
            said.extend(serde_json::from_str::<Value>(&line));
        }
        said
    }

    /// Ends the input, and waits for the process to send what waits and to end well.
    ///
    /// # Panics
    ///
    /// When it does not end well.
    pub async fn leave(self) {
        let Self {
            input,
            mut child,
            events: _events,
        } = self;
        drop(input);
        let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }
}
