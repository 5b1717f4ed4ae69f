//! A shell in which the commands of a document are typed one block after the other.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use regex::Regex;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use super::reading::Step;
use super::showing::compare;

/// Far more than any block takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Written after the output of a block.
const END: u8 = 0x1e;

/// Lines that start what serves until it is stopped; the ports are those of the document.
const SERVES: &str = r"(?m)^(?P<variables>([A-Z_]+=\S+ )*)(cargo run --release|(target/release/)?tenon|python3 -m http\.server 8080 .*?)\s*(#.*)?$";

/// Lines that make what is here already, or are run by whoever runs this.
const MADE: &str = r"(?m)^(cargo (build|xtask) .*|export PATH=.*)$";

pub struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: TempDir,
    /// In place of 4000 and 8080.
    pub tenon: u16,
    pub page: u16,
}

impl Shell {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let binary = std::env::var("TENON_TEST_BINARY").expect("TENON_TEST_BINARY is not set: run `cargo xtask test`");
        let tools = std::path::Path::new(&binary).parent().unwrap().display().to_string();
        let (tenon, page) = (
            xtask::servers::free_port().unwrap(),
            xtask::servers::free_port().unwrap(),
        );
        let path = std::env::var("PATH").unwrap();
        let mut child = Command::new("bash")
            .env_clear()
            .env("PATH", format!("{tools}:{path}"))
            .env("PORT", tenon.to_string())
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            folder,
            tenon,
            page,
        }
    }

    /// Types every block, and holds what comes to what is shown.
    pub async fn follow(&mut self, document: &str, steps: &[Step]) {
        for step in steps {
            let came = self.take(&step.commands).await;
            if let Some(shown) = &step.shown {
                compare(&format!("{document}, line {}", step.line), &self.here(shown), &came);
            }
        }
    }

    /// Types a block and answers what it prints.
    async fn take(&mut self, commands: &str) -> String {
        let commands = self.here(commands);
        let commands = Regex::new(MADE).unwrap().replace_all(&commands, "").into_owned();
        let serves = Regex::new(&SERVES.replace("8080", &self.page.to_string())).unwrap();
        let started: Vec<u16> = serves
            .find_iter(&commands)
            .map(|found| {
                if found.as_str().contains("http.server") {
                    self.page
                } else {
                    self.tenon
                }
            })
            .collect();
        let commands = serves
            .replace_all(&commands, |found: &regex::Captures<'_>| {
                let line = found[0].split(" #").next().unwrap().trim_end();
                let line = line
                    .replace("cargo run --release", "tenon")
                    .replace("target/release/tenon", "tenon");
                format!("{line} < /dev/null > served.log 2>&1 &")
            })
            .into_owned();
        let typed = format!("{commands}\nprintf '\\036'\n");
        self.input.write_all(typed.as_bytes()).await.unwrap();
        let mut came = Vec::new();
        let read = timeout(PATIENCE, self.output.read_until(END, &mut came));
        read.await.unwrap_or_else(|_| panic!("no end of:\n{commands}")).unwrap();
        assert_eq!(came.pop(), Some(END), "the shell ended at:\n{commands}");
        for port in started {
            self.wait_for(port).await;
        }
        String::from_utf8(came).unwrap()
    }

    /// The addresses of the document are those of this shell.
    fn here(&self, text: &str) -> String {
        text.replace("localhost:4000", &format!("127.0.0.1:{}", self.tenon))
            .replace("localhost:8080", &format!("127.0.0.1:{}", self.page))
            .replace("http.server 8080", &format!("http.server {}", self.page))
    }

    /// Waits until somebody answers there. A server whose start takes long answers before it is ready, with 503.
    async fn wait_for(&self, port: u16) {
        let url = format!(
            "http://{}/api/health/ready",
            SocketAddr::from((Ipv4Addr::LOCALHOST, port))
        );
        let serving = async {
            while !reqwest::get(&url).await.is_ok_and(|answer| answer.status() != 503) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(PATIENCE, serving).await.is_err() {
            let log = std::fs::read_to_string(self.folder.path().join("served.log"));
            panic!("nobody serves on {port}: {}", log.unwrap_or_default());
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let group = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
