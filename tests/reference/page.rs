//! The page at `/docs`, in a browser.

use reqwest::Method;
use serde_json::Value;
use tenon_tests::app::Setup;
use tenon_tests::browser::Browser;

/// What the page said that it should not have said.
fn complaints(observed: &[Value]) -> Vec<&Value> {
    let complaint = |message: &&Value| {
        let parameters = &message["params"];
        let level = parameters["entry"]["level"].as_str().or(parameters["type"].as_str());
        message["method"] == "Runtime.exceptionThrown" || matches!(level, Some("error" | "warning" | "assert"))
    };
    observed.iter().filter(complaint).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_page_shows_every_operation_and_asks_nobody_else() {
    let app = Setup::SqliteAlone.start().await;
    let document = app.anonymous().openapi().await.json();
    let paths = document["paths"].as_object().unwrap().values();
    let operations: usize = paths.map(|item| item.as_object().unwrap().len()).sum();
    let mut browser = Browser::start().await;
    browser.observe();
    browser.visit(&format!("{}/docs", app.origin())).await;
    let shown = format!("document.querySelectorAll('.opblock').length >= {operations}");
    browser.wait(&shown).await;
    assert_eq!(
        browser.evaluate("document.querySelectorAll('.opblock').length").await,
        operations
    );

    // One of them is tried out.
    let live = "[id$='getLiveness']";
    browser
        .evaluate(&format!(
            "document.querySelector(\"{live} .opblock-summary-control\").click()"
        ))
        .await;
    browser
        .wait(&format!("document.querySelector(\"{live} .execute\")"))
        .await;
    browser
        .evaluate(&format!("document.querySelector(\"{live} .execute\").click()"))
        .await;
    let answer = format!("document.querySelector(\"{live} .live-responses-table tbody .response-col_status\")");
    browser.wait(&answer).await;
    let status = browser.evaluate(&format!("{answer}.textContent.trim()")).await;
    assert!(status.as_str().unwrap().starts_with("200"), "{status}");

    assert_eq!(complaints(browser.observed()), Vec::<&Value>::new());
    let asked = browser
        .observed()
        .iter()
        .filter(|message| message["method"] == "Network.requestWillBeSent");
    let asked: Vec<&str> = asked
        .filter_map(|message| message["params"]["request"]["url"].as_str())
        .collect();
    assert!(asked.len() >= 7, "{asked:?}");
    let foreign = |url: &&&str| !url.starts_with(&app.origin()) && !url.starts_with("data:");
    assert_eq!(asked.iter().find(foreign), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_page_is_served_with_a_policy_and_kept_by_its_tag() {
    let app = Setup::SqliteAlone.start().await;
    let client = app.anonymous();
    for path in [
        "/docs",
        "/docs/start.js",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/docs/page.css",
    ] {
        let answer = client.get(path).await.expect(200);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        let again = client
            .call(Method::GET, path)
            .header("if-none-match", answer.header("etag"));
        let again = again.send().await.expect(304);
        assert_eq!(
            (again.body.len(), again.header("etag")),
            (0, answer.header("etag")),
            "{path}"
        );
    }
    client.get("/docs/nothing.js").await.problem(404, "not_found");
    client
        .call(Method::POST, "/docs")
        .send()
        .await
        .problem(405, "method_not_allowed");
}
