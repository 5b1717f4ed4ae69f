//! What axe finds wrong for people who do not see, or see little.

use serde_json::Value;
use tenon_tests::program::variable;

use super::desk::Desk;
use super::pages::{DIALOGS, OF_A_PERSON, OF_THE_OPERATOR, each, lived_in};

/// What axe finds, and how many of its rules had something to look at.
const RUN: &str = "axe.run(document).then(({ violations, passes }) => ({ passed: passes.length, violations: violations.map(\
                   ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]) })) }))";

/// Axe, as npm has it.
fn axe() -> String {
    let path = format!("{}/axe-core/axe.min.js", variable("TENON_TEST_NODE_MODULES"));
    std::fs::read_to_string(path).unwrap()
}

async fn check(desk: &mut Desk, page: &str) {
    for dark in [false, true] {
        desk.size(1280, 900, dark).await;
        let found = desk.browser.evaluate(RUN).await;
        let serious = |one: &&Value| matches!(one["impact"].as_str(), Some("serious" | "critical"));
        let faults: Vec<&Value> = found["violations"].as_array().unwrap().iter().filter(serious).collect();
        assert!(found["passed"].as_u64() > Some(10), "axe looked at nothing on {page}");
        assert!(faults.is_empty(), "{page}, dark {dark}: {faults:#?}");
    }
}

/// A browser with axe in every document.
async fn examined(app: &tenon_tests::app::TestApp) -> Desk {
    let mut desk = Desk::open(app).await;
    let script = serde_json::json!({ "source": axe() });
    desk.browser.call("Page.addScriptToEvaluateOnNewDocument", script).await;
    desk.reload().await;
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_serious_on_the_pages_of_a_person() {
    let (app, ada, asset) = lived_in().await;
    let mut desk = examined(&app).await;
    check(&mut desk, "sign in").await;
    desk.go("/register", "Create an account").await;
    check(&mut desk, "register").await;
    desk.go("/sign-in", "Sign in").await;
    desk.sign_in(&ada).await;
    each(&mut desk, OF_A_PERSON, Some(&asset), check).await;
    for (path, heading, opens) in DIALOGS {
        desk.go(path, heading).await;
        desk.click(opens).await;
        desk.wait("document.querySelector('dialog[open]')").await;
        check(&mut desk, opens).await;
        desk.key("Escape").await;
        desk.wait("!document.querySelector('dialog')").await;
    }
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_serious_on_the_pages_of_the_operator() {
    let (app, ..) = lived_in().await;
    let mut desk = examined(&app).await;
    desk.sign_in_as_operator().await;
    each(&mut desk, OF_THE_OPERATOR, None, check).await;
    desk.leave().await;
}
