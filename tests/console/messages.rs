//! The page of messages in Chromium: two browsers, and a browser and a terminal, encrypted from end to end.

use serde_json::{Value, json};
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::fault_proxy::FaultProxy;
use tenon_tests::for_each_setup;
use tenon_tests::terminal::Terminal;

use super::desk::Desk;
use super::visit::{press, text_in, texts, visit, visit_over};

/// Text of one to four bytes a character.
const WORDS: &str = "ship \u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f6a2}";

/// Somebody in front of their conversation with somebody.
async fn talking(app: &TestApp, person: &Person, to: &Person) -> Desk {
    let mut desk = visit(app, person, &with(to), "Messages").await;
    can_write(&mut desk).await;
    desk
}

fn with(person: &Person) -> String {
    format!("/messages?with={}", person.id)
}

async fn can_write(desk: &mut Desk) {
    desk.wait("document.querySelector('#message-text')?.disabled === false")
        .await;
}

/// `name` is whom it is for.
async fn say(desk: &mut Desk, name: &str, text: &str) {
    desk.fill(&format!("Message to {name}"), text).await;
    desk.click("Send").await;
}

async fn hear(desk: &mut Desk, text: &str) {
    text_in(desk, ".bubble.theirs p", text).await;
}

/// The 60 digits that the page shows, once they are there.
async fn number(desk: &mut Desk) -> Value {
    let groups = "[...document.querySelectorAll('.safety-number span')]";
    desk.wait(&format!(
        "{groups}.length === 12 && {groups}.map((group) => group.textContent).join('')"
    ))
    .await
}

/// Until the number is in this state.
async fn compared(desk: &mut Desk, state: &str) {
    desk.wait(&format!(
        "document.querySelector('.safety .badge')?.dataset.state === '{state}'"
    ))
    .await;
}

/// Until each message that one wrote has become this.
async fn all(desk: &mut Desk, progress: &str) {
    desk.wait(&format!(
        "[...document.querySelectorAll('.bubble.mine .progress')].every((each) => each.textContent === '{progress}')"
    ))
    .await;
}

for_each_setup!(
    two_browsers_talk_and_see_the_same_safety_number_and_what_became_of_each_message,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = app.colleagues().await;
        let mut adas = talking(&app, &ada, &bob).await;
        let mut bobs = talking(&app, &bob, &ada).await;
        say(&mut adas, "bob", WORDS).await;
        hear(&mut bobs, WORDS).await;
        all(&mut adas, "Read").await;
        for number in 0..10 {
            say(&mut bobs, "ada", &format!("{number} {WORDS}")).await;
            hear(&mut adas, &format!("{number} {WORDS}")).await;
        }
        let expected: Vec<_> = (0..10).map(|number| format!("{number} {WORDS}")).collect();
        assert_eq!(texts(&mut adas, ".bubble.theirs p").await, expected);
        assert_eq!(number(&mut adas).await, number(&mut bobs).await);

        // Too long for a frame, so it goes by request.
        let long = "long ".repeat(9_000);
        say(&mut adas, "bob", &long).await;
        hear(&mut bobs, long.trim_end()).await;
        all(&mut adas, "Read").await;

        let kept = bob.history_with(&ada, "?limit=100").await.expect(200).text();
        assert_eq!(kept.matches("\"kind\":\"simple\"").count(), 12);
        assert!(!kept.contains("\u{65e5}\u{672c}"), "the server has what was said");
        adas.leave().await;
        bobs.leave().await;
    }
);

for_each_setup!(a_message_is_unread_until_somebody_looks_at_it, |setup| {
    let app = setup.start().await;
    let (ada, bob) = app.colleagues().await;
    let mut adas = visit(&app, &ada, "/messages", "Messages").await;
    adas.see("No conversations yet.").await;
    let mut bobs = talking(&app, &bob, &ada).await;
    say(&mut bobs, "ada", "first").await;
    say(&mut bobs, "ada", "second").await;
    text_in(&mut adas, ".conversations .words", "second").await;
    assert_eq!(texts(&mut adas, ".conversations .badge:not([hidden])").await, ["2"]);
    all(&mut bobs, "Delivered").await;
    press(&mut adas, ".conversations a").await;
    hear(&mut adas, "second").await;
    all(&mut bobs, "Read").await;
    adas.wait("document.querySelector('.conversations .badge').hidden")
        .await;
    adas.leave().await;
    bobs.leave().await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_and_a_terminal_talk_and_see_the_same_safety_number() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let mut page = talking(&app, &ada, &bob).await;
    let keys = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::talk(&app.origin(), keys.path(), &bob, &ada, &["--simple"]).await;
    say(&mut page, "bob", WORDS).await;
    let heard = terminal.until("message").await;
    assert_eq!((&heard["text"], &heard["mode"]), (&json!(WORDS), &json!("simple")));
    all(&mut page, "Read").await;
    terminal.say("to a browser").await;
    hear(&mut page, "to a browser").await;
    terminal.until("read").await;
    terminal.say("/safety").await;
    assert_eq!(terminal.until("safety").await["number"], number(&mut page).await);
    terminal.leave().await;
    page.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_and_a_terminal_with_a_device_talk_and_see_the_same_safety_number() {
    let app = Setup::PostgresWithRedis.start().await;
    let (ada, bob) = app.colleagues().await;
    let keys = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::talk(&app.origin(), keys.path(), &bob, &ada, &[]).await;
    terminal.until("online").await;
    let mut page = talking(&app, &ada, &bob).await;
    say(&mut page, "bob", "to a device").await;
    assert_eq!(terminal.until("message").await["text"], "to a device");
    terminal.say("from a device").await;
    hear(&mut page, "from a device").await;
    terminal.say("/safety").await;
    assert_eq!(terminal.until("safety").await["number"], number(&mut page).await);
    terminal.leave().await;
    page.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_to_keys_that_changed_after_they_were_compared_until_somebody_decides() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let mut adas = talking(&app, &ada, &bob).await;
    let mut bobs = talking(&app, &bob, &ada).await;
    say(&mut adas, "bob", "hello").await;
    hear(&mut bobs, "hello").await;
    compared(&mut adas, "open").await;
    let before = number(&mut adas).await;
    press(&mut adas, ".safety summary").await;
    adas.click("It is the same").await;
    compared(&mut adas, "compared").await;

    // Another browser of Bob's, or of somebody who has his password.
    let mut other = visit(&app, &bob, &with(&ada), "Messages").await;
    text_in(&mut other, ".callout", "made in another browser").await;
    text_in(&mut other, ".bubble.unreadable", "a key that is not in this browser").await;
    other.click("Use a new key here").await;
    text_in(&mut adas, ".log .note", "The keys of bob have changed.").await;
    compared(&mut adas, "changed").await;
    assert_ne!(number(&mut adas).await, before);
    say(&mut adas, "bob", "a secret").await;
    text_in(&mut adas, ".composer .said", "The keys have changed since").await;
    let kept = ada.history_with(&bob, "?limit=100").await.expect(200).json();
    assert_eq!(kept["items"].as_array().unwrap().len(), 1);

    adas.click("Send anyway").await;
    compared(&mut adas, "open").await;
    adas.click("Send").await;
    hear(&mut other, "a secret").await;
    text_in(&mut bobs, ".bubble.unreadable", "a key that is not in this browser").await;
    for desk in [adas, bobs, other] {
        desk.leave().await;
    }
}

/// Tries to take the private keys that the page keeps out of the browser.
const TAKE: &str = "(async () => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('tenon-messages');
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  const kept = await new Promise((resolve) => {
    const request = database.transaction('keys').objectStore('keys').getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const taken = [];
  for (const { privateKey } of kept) {
    const ways = ['raw', 'jwk', 'pkcs8'].map((way) => crypto.subtle.exportKey(way, privateKey).then(() => 'taken', () => 'refused'));
    taken.push([privateKey.extractable, ...(await Promise.all(ways))]);
  }
  return taken;
})()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_private_key_stays_in_the_browser_and_reads_what_was_said_before_a_reload() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let mut adas = talking(&app, &ada, &bob).await;
    let mut bobs = talking(&app, &bob, &ada).await;
    say(&mut adas, "bob", WORDS).await;
    hear(&mut bobs, WORDS).await;
    say(&mut bobs, "ada", "answered").await;
    hear(&mut adas, "answered").await;
    let refused = json!([[false, "refused", "refused", "refused"]]);
    assert_eq!(adas.browser.evaluate(TAKE).await, refused);

    // As a reload does, which cannot be waited for.
    adas.browser.go(&format!("{}/?again#/messages", app.origin())).await;
    adas.at("Messages").await;
    text_in(&mut adas, ".conversations .words", "answered").await;
    press(&mut adas, ".conversations a").await;
    hear(&mut adas, "answered").await;
    assert_eq!(texts(&mut adas, ".bubble p").await, [WORDS, "answered"]);
    assert_eq!(adas.browser.evaluate(TAKE).await, refused);
    let version = ada.own_public_key().await.expect(200).json()["version"].take();
    assert_eq!(version, 1, "a further key was made");
    adas.leave().await;
    bobs.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_while_the_connection_is_cut_is_sent_once_and_in_order() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let proxy = FaultProxy::to(app.address()).await;
    let mut adas = visit_over(&proxy, &app, &ada, &with(&bob), "Messages").await;
    can_write(&mut adas).await;
    let mut bobs = talking(&app, &bob, &ada).await;
    let mut said = Vec::new();
    for round in 0..4 {
        proxy.cut();
        for number in 0..3 {
            let text = format!("{round}.{number}");
            say(&mut adas, "bob", &text).await;
            text_in(&mut adas, ".bubble.mine p", &text).await;
            said.push(text);
        }
        hear(&mut bobs, said.last().unwrap()).await;
    }
    assert_eq!(texts(&mut bobs, ".bubble.theirs p").await, said);
    all(&mut adas, "Read").await;
}
