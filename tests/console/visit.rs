//! Visits to the pages that are live, by somebody who is signed in to one of their organizations.

use serde_json::{Value, json};
use tenon_tests::app::{Person, TestApp};
use tenon_tests::fault_proxy::FaultProxy;

use super::desk::Desk;

/// Goes to a page as a person, in the organization that they are in.
pub async fn visit(app: &TestApp, person: &Person, path: &str, heading: &str) -> Desk {
    let desk = Desk::open(app).await;
    take_up(desk, person, path, heading).await
}

/// The same over a proxy that can be cut.
pub async fn visit_over(proxy: &FaultProxy, app: &TestApp, person: &Person, path: &str, heading: &str) -> Desk {
    let mut desk = Desk::open(app).await;
    desk.browser.go(&format!("{}/", proxy.origin())).await;
    take_up(desk, person, path, heading).await
}

/// Signing in is for the oldest of a person's organizations; a session that was switched stays with the other.
async fn take_up(mut desk: Desk, person: &Person, path: &str, heading: &str) -> Desk {
    let tab = person.sign_in().await.switched_to(&person.organization).await;
    desk.at("Sign in").await;
    let take_up = format!(
        "import('/console/scripts/session.js').then(({{ session }}) => {{
          sessionStorage.setItem('tenon.refresh', {});
          return session.refresh();
        }})",
        json!(tab.refresh_token)
    );
    assert_eq!(desk.browser.evaluate(&take_up).await, true);
    desk.go(path, heading).await;
    live(&mut desk).await;
    desk
}

/// Waits until the line to the server is open.
pub async fn live(desk: &mut Desk) {
    desk.wait("document.querySelector('.standing')?.dataset.state === 'open'")
        .await;
}

/// Waits until one of these elements has this text in it.
pub async fn text_in(desk: &mut Desk, selector: &str, text: &str) {
    let (selector, text) = (json!(selector), json!(text));
    let some = format!("[...document.querySelectorAll({selector})].some((each) => each.textContent.includes({text}))");
    desk.wait(&some).await;
}

/// The texts of all of these elements, in their order.
pub async fn texts(desk: &mut Desk, selector: &str) -> Vec<String> {
    let all = format!(
        "[...document.querySelectorAll({})].map((each) => each.textContent.trim())",
        json!(selector)
    );
    serde_json::from_value(desk.browser.evaluate(&all).await).unwrap()
}

/// Presses the first of these elements with the mouse.
pub async fn press(desk: &mut Desk, selector: &str) {
    desk.press_at(&format!("document.querySelector({})", Value::from(selector)))
        .await;
}
