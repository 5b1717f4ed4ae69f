//! Encrypted messages between a page that has nothing but a browser, and a terminal.

use serde_json::{Value, json};
use tenon_tests::app::{PASSWORD, Person, Setup, TestApp};
use tenon_tests::browser::Browser;
use tenon_tests::page::Page;
use tenon_tests::terminal::Terminal;

/// What the client library seals and opens in its own tests.
const VECTOR: &str = include_str!("../../crates/client/tests/vectors/simple.json");

/// Text of one to four bytes a character.
const WORDS: &str = "ship \u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f6a2}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_in_chromium_seals_and_opens_what_the_client_library_does() {
    let (page, mut browser) = (Page::serve_messenger().await, Browser::start().await);
    browser.visit(&page.origin()).await;
    let vector: Value = serde_json::from_str(VECTOR).unwrap();
    let checked = browser.ask(&json!({ "check": vector })).await;
    let expected = json!({ "sealed": vector["content"], "opened": vector["text"] });
    assert_eq!(checked, json!({ "answers": [expected, expected], "refused": true }));
}

/// The next frame of this type; others before it are passed over.
async fn until(browser: &mut Browser, kind: &str) -> Value {
    loop {
        let frame = browser.ask(&json!({ "next": true })).await;
        assert_ne!(frame["type"], "error", "{frame}");
        if frame["type"] == kind {
            return frame;
        }
    }
}

/// A page in a browser, with which Ada is signed in and has a key, and Bob, who is in her organization.
struct Scene {
    app: TestApp,
    ada: Person,
    bob: Person,
    browser: Browser,
    _page: Page,
}

async fn begun(setup: Setup) -> Scene {
    let (page, mut browser) = (Page::serve_messenger().await, Browser::start().await);
    let app = setup.options().set("CORS_ORIGINS", &page.origin()).start().await;
    let (ada, bob) = app.colleagues().await;
    browser.visit(&page.origin()).await;
    let begin = json!({ "server": app.origin(), "email": ada.email, "password": PASSWORD });
    let begun = browser.ask(&json!({ "begin": begin })).await;
    assert_eq!(begun, json!({ "user": ada.id, "version": 1 }));
    Scene {
        app,
        ada,
        bob,
        browser,
        _page: page,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_in_chromium_and_a_terminal_talk_encrypted_from_end_to_end() {
    let Scene {
        app,
        ada,
        bob,
        mut browser,
        ..
    } = begun(Setup::SqliteAlone).await;
    let keys = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::talk(&app.origin(), keys.path(), &bob, &ada, &["--simple"]).await;

    let sent = browser.ask(&json!({ "send": { "to": bob.id, "text": WORDS } })).await;
    assert_eq!(until(&mut browser, "ok").await["id"], sent["clientId"]);
    let heard = terminal.until("message").await;
    let expected = (&json!(WORDS), &json!(ada.id), &sent["clientId"], &json!("simple"));
    assert_eq!((&heard["text"], &heard["from"], &heard["id"], &heard["mode"]), expected);
    let receipt = until(&mut browser, "receipt").await;
    assert_eq!(receipt["by"], json!(bob.id));

    for number in 0..50 {
        terminal.say(&format!("{number} {WORDS}")).await;
    }
    for number in 0..50 {
        let heard = until(&mut browser, "message").await;
        assert_eq!(
            (&heard["text"], &heard["from"]),
            (&json!(format!("{number} {WORDS}")), &json!(bob.id))
        );
    }
    terminal.until("delivered").await;
    terminal.leave().await;

    let kept = bob.history_with(&ada, "?limit=100").await.expect(200).text();
    assert!(kept.contains(sent["content"].as_str().unwrap()));
    assert!(!kept.contains("\u{65e5}\u{672c}"), "the server has what was said");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_reaches_whom_a_device_writes_as_and_is_answered() {
    let Scene {
        app,
        ada,
        bob,
        mut browser,
        ..
    } = begun(Setup::PostgresWithRedis).await;
    let keys = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::talk(&app.origin(), keys.path(), &bob, &ada, &[]).await;
    browser
        .ask(&json!({ "send": { "to": bob.id, "text": "to a device" } }))
        .await;
    assert_eq!(terminal.until("message").await["text"], "to a device");
    terminal.say("from a device").await;
    assert_eq!(until(&mut browser, "message").await["text"], "from a device");
    terminal.leave().await;
}
