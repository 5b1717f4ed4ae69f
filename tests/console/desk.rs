//! Somebody in front of the console: a browser that is driven by what can be read in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tenon_tests::app::{OPERATOR_PASSWORD, PASSWORD, Person, TestApp};
use tenon_tests::browser::Browser;

const FINDER: &str = include_str!("finder.js");

/// How often somebody presses what moves away.
const PRESSES: usize = 100;

/// A browser with the console in it.
pub struct Desk {
    pub browser: Browser,
    origin: String,
    /// Statuses of refusals that the story is about; a browser reports every refusal in its console.
    expected: Vec<u16>,
}

/// The expression of a text.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

impl Desk {
    /// Opens the console of a server.
    pub async fn open(app: &TestApp) -> Self {
        Self::open_at(&app.origin()).await
    }

    /// Opens the console of the server that an origin leads to.
    pub async fn open_at(origin: &str) -> Self {
        let mut browser = Browser::start().await;
        browser.observe();
        browser.open_tab().await;
        let script = json!({ "source": FINDER });
        browser.call("Page.addScriptToEvaluateOnNewDocument", script).await;
        let mut desk = Self {
            browser,
            origin: origin.to_owned(),
            expected: Vec::new(),
        };
        desk.size(1280, 900, false).await;
        desk.reload().await;
        desk
    }

    /// Loads the page anew.
    pub async fn reload(&mut self) {
        let url = format!("{}/", self.origin);
        let here = self.browser.evaluate("location.href").await;
        if here.as_str().is_some_and(|here| here.starts_with(&url)) {
            self.browser.reload().await;
        } else {
            self.browser.go(&url).await;
        }
        self.shown().await;
    }

    /// Signs in through the form.
    pub async fn sign_in(&mut self, person: &Person) {
        self.at("Sign in").await;
        self.fill("Email", &person.email).await;
        self.fill("Password", PASSWORD).await;
        self.click("Sign in").await;
        self.at("Overview").await;
    }

    /// Signs in through the form as the operator.
    pub async fn sign_in_as_operator(&mut self) {
        self.go("/sign-in?as=operator", "Sign in").await;
        self.fill("Operator's password", OPERATOR_PASSWORD).await;
        self.click("Sign in as operator").await;
        self.at("Overview").await;
    }

    /// Goes to a page, and waits until it is there.
    pub async fn go(&mut self, path: &str, heading: &str) {
        // The page that is left may have the same heading.
        let go = format!(
            "(() => {{ if (location.hash === '#' + {path}) return; \
             document.querySelector('#main').dataset.left = ''; location.hash = {path}; }})()",
            path = quoted(path)
        );
        self.browser.evaluate(&go).await;
        self.at(heading).await;
    }

    /// Waits until the page with this heading is there as a whole.
    pub async fn at(&mut self, heading: &str) {
        let is_there = format!("desk.heading() === {} && {SETTLED}", quoted(heading));
        self.wait(&is_there).await;
    }

    async fn shown(&mut self) {
        self.wait(&format!("globalThis.desk && desk.heading() && {SETTLED}"))
            .await;
    }

    /// Waits until a condition in the page holds, and answers what it was.
    ///
    /// # Panics
    ///
    /// When it does not hold in time, with what is there instead.
    pub async fn wait(&mut self, condition: &str) -> Value {
        let mut came = Value::Null;
        // Each time less than the browser may be silent, altogether far more than anything takes.
        for _ in 0..4 {
            came = self.browser.evaluate(&format!("desk.when(() => {condition})")).await;
            if came.get("instead").is_none() {
                return came["value"].take();
            }
        }
        panic!("{condition}; instead: {}", came["instead"])
    }

    /// Waits until these words are there.
    pub async fn see(&mut self, words: &str) {
        self.wait(&format!("desk.says({})", quoted(words))).await;
    }

    /// Presses a button or a link of this name with the mouse, once it can be pressed.
    pub async fn click(&mut self, name: &str) {
        self.press_at(&format!("desk.named({})", quoted(name))).await;
    }

    /// Presses an element with the mouse, once it is there; again if it has moved away from under the press.
    pub async fn press_at(&mut self, element: &str) {
        let target = format!("(() => {{ const found = {element}; return found && desk.aim(found); }})()");
        for _ in 0..PRESSES {
            let at = self.wait(&target).await;
            for kind in ["mousePressed", "mouseReleased"] {
                let event = json!({ "type": kind, "x": at["x"], "y": at["y"], "button": "left", "clickCount": 1 });
                self.browser.call("Input.dispatchMouseEvent", event).await;
            }
            if self.browser.evaluate("desk.hit()").await == true {
                return;
            }
        }
        panic!("{element} never stands still");
    }

    /// Writes into the field of this label, in place of what is there.
    pub async fn fill(&mut self, label: &str, text: &str) {
        let control = format!("desk.control({})", quoted(label));
        self.wait(&control.clone()).await;
        let select = format!("(() => {{ const field = {control}; field.focus(); field.select?.(); }})()");
        self.browser.evaluate(&select).await;
        if text.is_empty() {
            self.key("Delete").await;
        } else {
            self.browser.call("Input.insertText", json!({ "text": text })).await;
        }
    }

    /// Chooses what has this value in the selection of this label.
    pub async fn choose(&mut self, label: &str, value: &str) {
        let control = format!("desk.control({})", quoted(label));
        self.wait(&control.clone()).await;
        let choose = format!(
            "(() => {{ const field = {control}; field.value = {}; \
             field.dispatchEvent(new Event('change', {{ bubbles: true }})); return field.value; }})()",
            quoted(value)
        );
        assert_eq!(
            self.browser.evaluate(&choose).await,
            value,
            "{label} has no such choice"
        );
    }

    /// Presses a key, alone or as `Shift+Tab`.
    pub async fn key(&mut self, key: &str) {
        let (key, modifiers) = key.strip_prefix("Shift+").map_or((key, 0), |key| (key, 8));
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Delete" => (46, ""),
            other => panic!("what is the code of {other}?"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                "modifiers": modifiers });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.browser.call("Input.dispatchKeyEvent", event).await;
        }
    }

    /// What the window and the system are like from now on.
    pub async fn size(&mut self, width: u32, height: u32, dark: bool) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.browser.call("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if dark { "dark" } else { "light" };
        // Without motion nothing is on its way from one color to the other.
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
        let media = json!({ "features": features.map(|(name, value)| json!({ "name": name, "value": value })) });
        self.browser.call("Emulation.setEmulatedMedia", media).await;
    }

    /// Keeps a picture of the page where `TENON_TEST_PICTURES` says, if it is set.
    pub async fn keep_picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("TENON_TEST_PICTURES") else {
            return;
        };
        std::fs::create_dir_all(&folder).unwrap();
        let away = json!({ "type": "mouseMoved", "x": 0, "y": 0 });
        self.browser.call("Input.dispatchMouseEvent", away).await;
        let taken = self
            .browser
            .call("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let png = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(name), png).unwrap();
    }

    /// A refusal with this status belongs to the story.
    pub fn expect_refusal(&mut self, status: u16) {
        self.expected.push(status);
    }

    /// Ends the visit: nothing was written to the console, nothing was thrown, and nothing was asked of another origin.
    pub async fn leave(mut self) {
        // What DevTools told before this answer is noted.
        self.browser.evaluate("1").await;
        let socket = self.origin.replacen("http", "ws", 1);
        for event in self.browser.observed() {
            let told = &event["params"];
            match event["method"].as_str().unwrap() {
                "Network.requestWillBeSent" => {
                    let url = told["request"]["url"].as_str().unwrap();
                    assert!(url.starts_with(&self.origin) || url.starts_with("data:"), "asked {url}");
                }
                "Network.webSocketCreated" => {
                    let url = told["url"].as_str().unwrap();
                    assert!(url.starts_with(&socket), "asked {url}");
                }
                "Log.entryAdded" => self.check_entry(&told["entry"]),
                "Runtime.consoleAPICalled" => assert!(told["type"] == "log", "written to the console: {told}"),
                _ => panic!("thrown: {told}"),
            }
        }
    }

    fn check_entry(&self, entry: &Value) {
        let text = entry["text"].as_str().unwrap();
        let refused = |status: &u16| text.contains(&format!("with a status of {status} "));
        let expected = entry["source"] == "network" && self.expected.iter().any(refused);
        let serious = matches!(entry["level"].as_str(), Some("error" | "warning"));
        assert!(!serious || expected, "in the console: {entry}");
    }
}

/// The page is not about to be left, and nothing is being read.
const SETTLED: &str = "!document.querySelector('#main [aria-busy=true], #main[data-left]')";
