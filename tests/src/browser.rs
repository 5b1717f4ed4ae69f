//! Headless Chromium, told what to do over its DevTools protocol.

use std::process::Stdio;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::program::variable;

/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a page is looked at for ten seconds.
const LOOKS: usize = 18;

/// A profile of its own, nothing that is fetched in the background, and no name that leads out of this machine.
const FLAGS: [&str; 16] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// What is kept of what a page does.
const OBSERVED: [&str; 5] = [
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
    "Log.entryAdded",
    "Network.requestWillBeSent",
    "Network.webSocketCreated",
];

const LISTENS: &str = "DevTools listening on ";

/// A browser with one tab.
pub struct Browser {
    child: Child,
    devtools: WebSocketStream<TcpStream>,
    last: u64,
    session: Option<String>,
    observed: Option<Vec<Value>>,
    _profile: TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(variable("TENON_TEST_CHROMIUM"));
        command
            .args(FLAGS)
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let url = timeout(PATIENCE, listens(&mut child)).await.unwrap();
        let address = url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let (devtools, _) = client_async(&url, stream).await.unwrap();
        Self {
            child,
            devtools,
            last: 0,
            session: None,
            observed: None,
            _profile: profile,
        }
    }

    /// From the next visit on, keeps what pages ask for, what they write to the console, and what they throw.
    pub fn observe(&mut self) {
        self.observed = Some(Vec::new());
    }

    /// What was kept, as DevTools told it.
    pub fn observed(&self) -> &[Value] {
        self.observed.as_deref().unwrap_or_default()
    }

    /// Opens a page in a tab of its own, in place of the one before.
    pub async fn visit(&mut self, url: &str) {
        self.open_tab().await;
        self.go(url).await;
    }

    /// Opens an empty tab, in place of the one before.
    pub async fn open_tab(&mut self) {
        self.session = None;
        let tab = self.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", attach).await;
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        self.call("Page.enable", json!({})).await;
        if self.observed.is_some() {
            for domain in ["Runtime", "Log", "Network"] {
                self.call(&format!("{domain}.enable"), json!({})).await;
            }
        }
    }

    /// Opens a page in the tab that is there.
    pub async fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
        self.until(|message| message["method"] == "Page.loadEventFired").await;
    }

    /// Loads the page anew.
    pub async fn reload(&mut self) {
        self.call("Page.reload", json!({})).await;
        self.until(|message| message["method"] == "Page.loadEventFired").await;
    }

    /// What the page's function `ask` answers to this command.
    pub async fn ask(&mut self, command: &Value) -> Value {
        self.evaluate(&format!("ask({command})")).await
    }

    /// What this expression is in the page; a promise is awaited.
    ///
    /// # Panics
    ///
    /// When it throws.
    pub async fn evaluate(&mut self, expression: &str) -> Value {
        let evaluate = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", evaluate).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression holds in the page.
    ///
    /// # Panics
    ///
    /// When it does not for far longer than anything takes, on a busy machine too.
    pub async fn wait(&mut self, condition: &str) {
        let looking = format!(
            "new Promise((resolve) => {{ const end = Date.now() + 10_000; const look = () => \
                ({condition}) ? resolve(true) : Date.now() > end ? resolve(false) : setTimeout(look, 20); look(); }})"
        );
        for _ in 0..LOOKS {
            if self.evaluate(&looking).await == true {
                return;
            }
        }
        panic!("the page never shows {condition}");
    }

    /// A command of DevTools, and its result.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut command = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.devtools.send(Message::text(command.to_string())).await.unwrap();
        let mut answer = self.until(|message| message["id"] == id).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    fn note(&mut self, message: Value) {
        let told = message["method"]
            .as_str()
            .is_some_and(|method| OBSERVED.contains(&method));
        if let Some(observed) = self.observed.as_mut().filter(|_| told) {
            observed.push(message);
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = timeout(PATIENCE, self.devtools.next()).await.unwrap().unwrap().unwrap();
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).unwrap();
                if wanted(&message) {
                    return message;
                }
                self.note(message);
            }
        }
    }
}

impl Drop for Browser {
    /// With the processes that it started.
    fn drop(&mut self) {
        if let Some(id) = self.child.id() {
            let group = Pid::from_raw(id.cast_signed()).unwrap();
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Where the browser takes commands, which it says among other things.
async fn listens(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(url) = line.strip_prefix(LISTENS) {
            let url = url.to_owned();
            // Whatever else it says has to go somewhere.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return url;
        }
        said.push(line);
    }
    panic!("Chromium ended: {said:?}")
}
