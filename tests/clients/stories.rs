//! Each client, with the token in the way that is natural to it.

use serde_json::{Value, json};
use tenon_tests::app::{Setup, TestApp};
use tenon_tests::browser::Browser;
use tenon_tests::page::Page;
use tenon_tests::program::Program;

use super::story::{Scene, Way, run};

/// With the token in a header, as clients send it that can.
async fn with_a_header(mut client: Program) {
    let app = Setup::PostgresWithRedis.start().await;
    let mut scene = Scene::set(&app).await;
    let open = json!({
        "url": format!("ws://{}/api/ws", scene.proxy.address),
        "protocols": ["tenon.v1"],
        "headers": { "authorization": format!("Bearer {}", scene.phone.token()) },
    });
    let way = Way {
        open: &[open.clone(), open.clone(), open],
        protocol: "tenon.v1",
        refusal: json!(401),
    };
    run(&mut client, &mut scene, &way).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websockets_on_python_does_all_that_a_client_does() {
    with_a_header(Program::python("websockets_client.py")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ws_on_node_does_all_that_a_client_does() {
    with_a_header(Program::node("ws.js")).await;
}

/// A server that lets this page in.
async fn server_for(page: &Page) -> TestApp {
    let options = Setup::PostgresWithRedis.options();
    options.set("CORS_ORIGINS", &page.origin()).start().await
}

async fn ticket(browser: &mut Browser, scene: &Scene) -> String {
    let url = format!("http://{}/api/ws/ticket", scene.proxy.address);
    let asked = json!({ "ticket": { "url": url, "token": scene.phone.token() } });
    let answer = browser.ask(&asked).await;
    assert_eq!(answer["status"], 200, "{answer}");
    answer["ticket"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_in_chromium_does_all_that_a_client_does() {
    let (page, mut browser) = (Page::serve().await, Browser::start().await);
    let app = server_for(&page).await;

    let mut scene = Scene::set(&app).await;
    browser.visit(&page.origin()).await;
    let mut open: Vec<Value> = Vec::new();
    for _ in 0..3 {
        let ticket = ticket(&mut browser, &scene).await;
        let url = format!("ws://{}/api/ws?ticket={ticket}", scene.proxy.address);
        open.push(json!({ "url": url, "protocols": ["tenon.v1"] }));
    }
    let mut way = Way {
        open: &open,
        protocol: "tenon.v1",
        refusal: Value::Null,
    };
    run(&mut browser, &mut scene, &way).await;

    let mut scene = Scene::set(&app).await;
    browser.visit(&page.origin()).await;
    let url = format!("ws://{}/api/ws", scene.proxy.address);
    let protocols = json!(["tenon.v1", format!("bearer.{}", scene.phone.token())]);
    let open = json!({ "url": url, "protocols": protocols });
    let open = [open.clone(), open.clone(), open];
    way.open = &open;
    run(&mut browser, &mut scene, &way).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_origin_is_refused_a_socket_and_a_ticket() {
    let (page, other, mut browser) = (Page::serve().await, Page::serve().await, Browser::start().await);
    let app = server_for(&page).await;
    let ada = app.register("ada").await;
    let protocols = json!(["tenon.v1", format!("bearer.{}", ada.token())]);
    let open = json!({ "open": { "url": format!("ws://{}/api/ws", app.address()), "protocols": protocols } });
    let asked = json!({ "ticket": { "url": format!("{}/api/ws/ticket", app.origin()), "token": ada.token() } });
    for (page, allowed) in [(&page, true), (&other, false)] {
        browser.visit(&page.origin()).await;
        let opened = browser.ask(&open).await;
        let expected = if allowed {
            json!({ "opened": "tenon.v1" })
        } else {
            json!({ "refused": null })
        };
        assert_eq!(opened, expected);
        let came = browser.ask(&json!({ "next": true })).await;
        assert_eq!(came.get("text").is_some(), allowed, "{came}");
        let ticket = browser.ask(&asked).await;
        assert_eq!(ticket["status"] == 200, allowed, "{ticket}");
    }
    let log = app.log_so_far().await;
    assert!(log.contains("\"status\":403"), "{log}");
}
