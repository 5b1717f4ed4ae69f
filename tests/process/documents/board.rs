//! The page of the tutorial in a window, used as its reader does.

use serde_json::json;
use tenon_tests::browser::Browser;

use super::shell::Shell;

pub struct Window {
    browser: Browser,
}

/// The machine of this title in the list.
fn machine(title: &str) -> String {
    format!(
        "[...document.querySelectorAll('#machines li')].find((item) => item.textContent.startsWith({}))",
        json!(format!("{title}:"))
    )
}

impl Window {
    /// Opens the page that the shell serves, and signs in with this password.
    pub async fn open(shell: &Shell, password: &str) -> Self {
        let mut browser = Browser::start().await;
        browser.visit(&format!("http://127.0.0.1:{}", shell.page)).await;
        let field = "document.querySelector('#sign-in [name=password]').focus()";
        browser.evaluate(field).await;
        browser.call("Input.insertText", json!({ "text": password })).await;
        browser
            .evaluate("document.querySelector('#sign-in button').click()")
            .await;
        Self { browser }
    }

    /// Waits until the list is this.
    pub async fn shows(&mut self, machines: &[&str]) {
        let shown = "[...document.querySelectorAll('#machines li')].map((item) => item.firstChild.data.trim())";
        let expected = json!(json!(machines).to_string());
        self.browser
            .wait(&format!("JSON.stringify({shown}) === {expected}"))
            .await;
    }

    /// Waits until the line below the list has these words.
    pub async fn says(&mut self, words: &str) {
        let said = format!(
            "document.querySelector('#heard').textContent.includes({})",
            json!(words)
        );
        self.browser.wait(&said).await;
    }

    /// Presses the button of a machine as soon as it has this name, in the same moment: the list may be read anew in the next.
    pub async fn press(&mut self, title: &str, name: &str) {
        let button = format!("{}?.querySelector('button')", machine(title));
        self.browser
            .wait(&format!(
                "((button) => button?.textContent === {} && (button.click(), true))({button})",
                json!(name)
            ))
            .await;
    }

    /// Is about to press the button of a machine as it is shown now.
    pub async fn reach_for(&mut self, title: &str) {
        let reach = format!("globalThis.reached = {}.querySelector('button'); 0", machine(title));
        self.browser.evaluate(&reach).await;
    }

    /// Presses it as if nothing had been told of meanwhile.
    pub async fn press_what_was_reached_for(&mut self) {
        self.browser.evaluate("reached.click()").await;
    }
}
