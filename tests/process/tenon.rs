//! Runs the binary that `TENON_TEST_BINARY` names.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Far more than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Far more than what copies much data takes on a machine that does other things besides.
const LONG_PATIENCE: Duration = Duration::from_secs(900);

/// A command that was started.
pub struct Started(Child);

/// A process that writes lines for a person.
pub struct Talking {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it said so far.
    pub said: Vec<String>,
}

/// A working directory of its own.
pub struct Folder(TempDir);

/// What a finished process leaves.
pub struct Finished {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// A process that serves.
pub struct Serving {
    pub origin: String,
    /// The log so far.
    pub log: Vec<Value>,
    errors: PathBuf,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What `secrets.toml` holds under this name.
    pub fn secret(&self, name: &str) -> String {
        let secrets: toml::Table = self.text("data/secrets.toml").parse().unwrap();
        secrets["auth"][name].as_str().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let binary = std::env::var("TENON_TEST_BINARY")
            .expect("TENON_TEST_BINARY is not set: run `cargo xtask test`, or name the built binary");
        let mut command = Command::new(binary);
        command.args(arguments).env_clear().envs(variables.iter().copied());
        command
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        self.run_within(PATIENCE, arguments, variables).await
    }

    /// Runs a command to its end that has much to do.
    pub async fn run_long(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        self.run_within(LONG_PATIENCE, arguments, variables).await
    }

    /// Starts a command whose output nobody reads.
    pub fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Started {
        let mut command = self.command(arguments, variables);
        Started(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Runs a command to its end whose output goes into a file.
    pub async fn run_into(&self, file: File, arguments: &[&str]) -> Finished {
        let mut command = self.command(arguments, &[]);
        command.stdout(file).stderr(Stdio::piped());
        finished(PATIENCE, command).await
    }

    async fn run_within(&self, patience: Duration, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        let mut command = self.command(arguments, variables);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        finished(patience, command).await
    }

    /// Starts a server on a free port and waits until its log says that it is ready.
    pub async fn serve(&self, variables: &[(&str, &str)]) -> Serving {
        let errors = self.path(&format!("errors-{}", uuid::Uuid::new_v4()));
        let mut child = self
            .command(&[], &[&[("PORT", "0")], variables].concat())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (origin, log) = (String::new(), Vec::new());
        let mut serving = Serving {
            origin,
            log,
            errors,
            child,
            lines,
        };
        let ready = serving.wait_for_log("ready").await;
        serving.origin = format!("http://{}", ready["address"].as_str().unwrap());
        serving
    }
}

async fn finished(patience: Duration, mut command: Command) -> Finished {
    let running = command.spawn().unwrap().wait_with_output();
    let output = timeout(patience, running)
        .await
        .expect("the command does not end")
        .unwrap();
    Finished {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Folder {
    /// Starts a command that goes on until it is told to end.
    pub fn talk(&self, arguments: &[&str]) -> Talking {
        let mut child = self.command(arguments, &[]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = Vec::new();
        Talking { child, lines, said }
    }
}

impl Started {
    /// SIGKILL; returns when the process is gone.
    pub async fn kill(mut self) {
        assert!(self.0.try_wait().unwrap().is_none(), "it has ended by itself");
        self.0.kill().await.unwrap();
    }
}

impl Talking {
    /// The next line in which `matches` finds something.
    pub async fn wait_for<T>(&mut self, matches: impl Fn(&str) -> Option<T>) -> T {
        loop {
            let line = timeout(PATIENCE, self.lines.next_line())
                .await
                .expect("it is silent")
                .unwrap();
            let line = line.expect("it has ended");
            let found = matches(&line);
            self.said.push(line);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Asks politely to end, and gives the exit code.
    pub async fn stop(mut self) -> Option<i32> {
        signal(&self.child, "TERM").await;
        let ended = timeout(PATIENCE, self.child.wait()).await.expect("it does not end");
        ended.unwrap().code()
    }
}

impl Serving {
    /// The next line of the log with this message.
    pub async fn wait_for_log(&mut self, message: &str) -> Value {
        loop {
            let line = timeout(PATIENCE, self.lines.next_line())
                .await
                .expect("the log is silent")
                .unwrap();
            let Some(line) = line else {
                panic!("ended: {}", self.errors())
            };
            let line: Value = serde_json::from_str(&line).unwrap();
            self.log.push(line.clone());
            if line["message"].as_str().unwrap().starts_with(message) {
                return line;
            }
        }
    }

    /// What was written to standard error so far.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap()
    }

    pub fn address(&self) -> &str {
        self.origin.strip_prefix("http://").unwrap()
    }

    /// Sends a signal by its name: `TERM`, `INT`.
    pub async fn signal(&self, name: &str) {
        signal(&self.child, name).await;
    }

    /// Waits for the end; the rest of the log is in the output.
    pub async fn end(mut self) -> Finished {
        let status = timeout(PATIENCE, self.child.wait())
            .await
            .expect("the process does not end")
            .unwrap();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.log.push(serde_json::from_str(&line).unwrap());
        }
        let log: Vec<String> = self.log.iter().map(Value::to_string).collect();
        Finished {
            code: status.code(),
            output: log.join("\n"),
            errors: self.errors(),
        }
    }

    /// Asks politely to end.
    pub async fn stop(self) -> Finished {
        self.signal("TERM").await;
        self.end().await
    }

    pub async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        answer(
            reqwest::Client::new()
                .get(format!("{}{path}", self.origin))
                .bearer_auth(token),
        )
        .await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        answer(
            reqwest::Client::new()
                .post(format!("{}{path}", self.origin))
                .bearer_auth(token)
                .json(&body),
        )
        .await
    }

    /// Registers somebody and answers their access token.
    pub async fn register(&self) -> String {
        let (status, body) = self.post("/api/auth/register", "", newcomer()).await;
        assert_eq!(status, 201, "{body}");
        body["accessToken"].as_str().unwrap().to_owned()
    }
}

async fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id().expect("the process has ended"));
    assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A registration that is accepted.
pub fn newcomer() -> Value {
    json!({ "email": "ada@example.org", "password": "plum-harbor-42", "displayName": "Ada" })
}

/// The permissions of a file.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}
