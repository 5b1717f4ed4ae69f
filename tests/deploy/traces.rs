//! What the log says of a request, of which traces are made (`crates/adapters/otlp`).

use reqwest::Method;
use serde_json::Value;
use tenon_tests::app::{Client, Setup};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What is logged of a request that comes with these headers.
async fn ask(client: &Client, path: &str, headers: &[(&str, &str)]) -> String {
    let call = client.call(Method::GET, path);
    let call = headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value));
    call.send().await.header("x-request-id").to_owned()
}

#[tokio::test]
async fn the_log_of_a_request_has_what_a_trace_is_made_of() {
    let mut app = Setup::SqliteAlone.start().await;
    let anybody = app.anonymous();
    let wrong = TRACE.replace('b', "B");
    let traced = ask(&anybody, "/api/orgs/nowhere/sites", &[("traceparent", TRACE)]).await;
    let forged = ask(&anybody, "/nowhere", &[("traceparent", &wrong)]).await;
    assert_eq!(app.stop().await, Some(0));
    let log = app.log();
    // The banner of development is no JSON.
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let answered = |id: &str| {
        let found = lines
            .iter()
            .find(|line| line["message"] == "answered" && line["span"]["id"] == id);
        found.unwrap_or_else(|| panic!("{id} is not in\n{log}"))
    };
    let line = answered(&traced);
    assert_eq!(
        (&line["span"]["name"], &line["span"]["trace"]),
        (&"request".into(), &TRACE.into())
    );
    assert_eq!((&line["method"], &line["status"]), (&"GET".into(), &401.into()));
    assert_eq!(line["path"], "/api/orgs/nowhere/sites");
    assert_eq!(line["route"], "/api/orgs/{organization}/sites");
    let line = answered(&forged);
    assert_eq!((line.get("route"), line["span"].get("trace")), (None, None), "{line}");
    assert!(!log.contains(&wrong));
}
