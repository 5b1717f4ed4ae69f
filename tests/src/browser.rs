//! Headless Chromium, told what to do over its DevTools protocol.

mod chromium;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use chromium::Chromium;

/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often a page is looked at for ten seconds.
const LOOKS: usize = 18;

/// What is kept of what a page does.
const OBSERVED: [&str; 5] = [
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
    "Log.entryAdded",
    "Network.requestWillBeSent",
    "Network.webSocketCreated",
];

/// A browser with one tab and a profile of its own, both of which end with it.
pub struct Browser {
    devtools: WebSocketStream<TcpStream>,
    last: u64,
    /// The profile, which ends with the connection.
    context: Value,
    session: Option<String>,
    observed: Option<Vec<Value>>,
    _chromium: Arc<Chromium>,
}

impl Browser {
    pub async fn start() -> Self {
        let chromium = spawn_blocking(Chromium::shared).await.unwrap();
        let address = chromium.url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let (devtools, _) = client_async(&chromium.url, stream).await.unwrap();
        let mut browser = Self {
            devtools,
            last: 0,
            context: Value::Null,
            session: None,
            observed: None,
            _chromium: chromium,
        };
        let made = json!({ "disposeOnDetach": true });
        let mut made = browser.call("Target.createBrowserContext", made).await;
        browser.context = made["browserContextId"].take();
        browser
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
        let tab = json!({ "url": "about:blank", "browserContextId": self.context, "newWindow": true });
        let tab = self.call("Target.createTarget", tab).await;
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", attach).await;
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        self.call("Page.enable", json!({})).await;
        // Each is looked at, and what is written goes there, however many there are.
        let enabled = json!({ "enabled": true });
        self.call("Emulation.setFocusEmulationEnabled", enabled).await;
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
        let text = self.evaluate("document.body.innerText").await;
        panic!("the page never shows {condition}, but {text}");
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
