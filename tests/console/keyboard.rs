//! Without a mouse.

use serde_json::Value;
use tenon_tests::app::{PASSWORD, Setup};

use super::desk::Desk;

/// The name of what has the focus.
async fn focused(desk: &mut Desk) -> String {
    let name = desk.browser.evaluate("desk.name(document.activeElement)").await;
    name.as_str().unwrap().to_owned()
}

/// Presses the tabulator until something of this name has the focus.
async fn tab_to(desk: &mut Desk, name: &str) {
    for _ in 0..60 {
        desk.key("Tab").await;
        if focused(desk).await == name {
            return;
        }
    }
    panic!("the tabulator does not come to {name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_asset_is_made_with_the_keyboard_alone_and_the_focus_follows() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.at("Sign in").await;
    desk.wait("document.activeElement.name === 'email'").await;
    let write = |text: &str| serde_json::json!({ "text": text });
    desk.browser.call("Input.insertText", write(&ada.email)).await;
    desk.key("Tab").await;
    desk.browser.call("Input.insertText", write(PASSWORD)).await;
    desk.key("Enter").await;
    desk.at("Overview").await;
    assert_eq!(focused(&mut desk).await, "Overview");

    desk.browser.evaluate("document.querySelector('.brand').focus()").await;
    desk.key("Shift+Tab").await;
    assert_eq!(focused(&mut desk).await, "Skip to the content");
    desk.key("Enter").await;
    assert_eq!(focused(&mut desk).await, "Overview");
    desk.browser.evaluate("document.querySelector('nav a').focus()").await;
    tab_to(&mut desk, "Assets").await;
    desk.key("Enter").await;
    desk.at("Assets").await;
    assert_eq!(focused(&mut desk).await, "Assets");

    tab_to(&mut desk, "New asset").await;
    desk.key("Enter").await;
    desk.wait("document.activeElement.name === 'title'").await;
    desk.key("Escape").await;
    desk.wait("!document.querySelector('dialog')").await;
    assert_eq!(focused(&mut desk).await, "New asset");
    desk.key("Enter").await;
    desk.wait("document.activeElement.name === 'title'").await;
    desk.browser.call("Input.insertText", write("Crane")).await;
    desk.key("Enter").await;
    desk.at("Crane").await;
    let said = desk
        .browser
        .evaluate("document.querySelector('#notices').getAttribute('aria-live')")
        .await;
    assert_eq!(said, Value::from("polite"));
    desk.see("Crane is created.").await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_narrow_screen_the_menu_opens_closes_and_leads_on() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.size(400, 800, true).await;
    desk.sign_in(&ada).await;
    assert_eq!(desk.browser.evaluate("Boolean(desk.named('Assets'))").await, false);
    desk.click("Menu").await;
    desk.wait("document.querySelector('.menu').getAttribute('aria-expanded') === 'true'")
        .await;
    desk.browser.evaluate("document.querySelector('nav a').focus()").await;
    desk.key("Escape").await;
    desk.wait("document.activeElement === document.querySelector('.menu')")
        .await;
    desk.click("Menu").await;
    desk.click("Assets").await;
    desk.at("Assets").await;
    assert_eq!(desk.browser.evaluate("Boolean(desk.named('Members'))").await, false);
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn colors_follow_the_system_until_one_chooses() {
    let app = Setup::SqliteAlone.start().await;
    app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    let ground = "getComputedStyle(document.documentElement).backgroundColor";
    let light = desk.browser.evaluate(ground).await;
    desk.size(1280, 900, true).await;
    let dark = desk.browser.evaluate(ground).await;
    assert_ne!(light, dark);
    desk.choose("Colors", "light").await;
    assert_eq!(desk.browser.evaluate(ground).await, light);
    desk.reload().await;
    assert_eq!(desk.browser.evaluate(ground).await, light);
    desk.choose("Colors", "").await;
    assert_eq!(desk.browser.evaluate(ground).await, dark);
    desk.leave().await;
}
