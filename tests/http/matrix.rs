//! Every route that the OpenAPI document has, for everybody who might ask: what another tenant owns does not exist.

mod documented;
mod expectations;
mod scene;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use tenon_tests::app::{Answer, Client};
use tenon_tests::for_each_setup;

use expectations::{Expected, TABLE};
use scene::Scene;

/// The outsiders, among them a server whose API key was made for everything else; and then the members, of whom each cell finds a new
/// session, and a server whose API key was made for this.
const OUTSIDERS: [&str; 7] = [
    "stranger",
    "anonymous",
    "revoked",
    "former",
    "expired",
    "operator",
    "api key without scope",
];
const MEMBERS: [&str; 5] = ["owner", "admin", "member", "viewer", "api key with scope"];

/// The operations of the document, with what is expected of each.
fn operations(document: &Value) -> Vec<(String, &'static Expected)> {
    let mut expected: BTreeSet<&str> = TABLE.iter().map(|row| row.operation).collect();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let operation = format!("{} {path}", method.to_uppercase());
            let row = TABLE.iter().find(|row| row.operation == operation);
            let row = row.unwrap_or_else(|| panic!("{operation} is new: say in the table what everybody may do there"));
            expected.remove(row.operation);
            operations.push((path.clone(), row));
        }
    }
    assert!(expected.is_empty(), "no such operations any more: {expected:?}");
    operations
}

fn method(operation: &str) -> Method {
    operation.split(' ').next().unwrap().parse().unwrap()
}

/// The answer in one word: the code of the problem, or the status.
fn outcome(answer: &Answer) -> String {
    match answer.status {
        400.. => answer.any_problem().code,
        status => status.to_string(),
    }
}

/// Asks with a body that would do, and for a change, on the condition that the resource has a version that none has.
async fn ask(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let call = client.call(method, path).header("if-match", "\"v999\"");
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

for_each_setup!(nobody_gets_more_of_a_tenant_than_their_role_gives, |setup| {
    // Ten seconds after Graph could not be reached it would be tried again, which changes what is compared.
    let options = setup.options().set("TENON__JOBS__SUBSCRIPTION_WORKERS", "0");
    let app = options.start().await;
    let scene = Scene::set(&app).await;
    let document = app.anonymous().openapi().await.json();
    let operations = operations(&document);
    let before = scene.snapshot().await;
    let mut cells = 0;
    for who in OUTSIDERS {
        for (path, row) in &operations {
            let client = scene.outsider(&app, who, row.scope()).await;
            let body = row.body(&scene);
            let answer = ask(&client, method(row.operation), &scene.path(path), body.as_ref()).await;
            assert_eq!(
                outcome(&answer),
                row.expects(who),
                "{who}: {}: {}",
                row.operation,
                answer.text()
            );
            scene.find_nothing(who, &answer);
            documented::hold(&document, row.operation, &answer);
            cells += 1;
        }
    }
    assert_eq!(scene.snapshot().await, before, "outsiders changed something");
    for who in MEMBERS {
        for (path, row) in &operations {
            let client = scene.insider(who, row.scope()).await;
            scene.refill(path).await;
            let answer = ask(
                &client,
                method(row.operation),
                &scene.path(path),
                row.body(&scene).as_ref(),
            )
            .await;
            assert_eq!(
                outcome(&answer),
                row.expects(who),
                "{who}: {}: {}",
                row.operation,
                answer.text()
            );
            documented::hold(&document, row.operation, &answer);
            cells += 1;
            if row.operation.starts_with("GET ") {
                let head = ask(&client, Method::HEAD, &scene.path(path), None).await;
                assert_eq!((head.status, head.body.len()), (answer.status, 0), "{who}: HEAD {path}");
                cells += 1;
            }
        }
    }
    let reads = operations
        .iter()
        .filter(|(_, row)| row.operation.starts_with("GET "))
        .count();
    assert_eq!(
        cells,
        operations.len() * (OUTSIDERS.len() + MEMBERS.len()) + reads * MEMBERS.len()
    );
    assert!(cells >= 450, "{cells} cells");
});

for_each_setup!(a_path_that_mixes_two_tenants_leads_nowhere, |setup| {
    let app = setup.options().set("TENON__JOBS__GRAPH_WORKERS", "0").start().await;
    let scene = Scene::set(&app).await;
    let document = app.anonymous().openapi().await.json();
    let before = scene.snapshot().await;
    let mut cells = 0;
    for (path, row) in operations(&document) {
        let mixed = path.replace("{organization}", &scene.stranger.organization);
        if mixed == path || !mixed.contains('{') {
            continue;
        }
        let answer = ask(
            &scene.stranger,
            method(row.operation),
            &scene.path(&mixed),
            row.body(&scene).as_ref(),
        )
        .await;
        let code = answer.any_problem().code;
        assert!(
            answer.status == 404 && code.ends_with("_not_found"),
            "{}: {code}",
            row.operation
        );
        scene.find_nothing("stranger", &answer);
        cells += 1;
    }
    assert!(cells >= 10, "{cells} cells");
    assert_eq!(scene.snapshot().await, before);
});

for_each_setup!(filters_by_what_another_tenant_owns_find_nothing, |setup| {
    let app = setup.start().await;
    let scene = Scene::set(&app).await;
    let stranger = &scene.stranger;
    for path in [
        format!("/api/assets?siteId={}", scene.site),
        format!("/api/assets?unitId={}", scene.unit),
        format!("/api/assets?q={}", scene.marker),
        format!("/api/assets?tag={}", scene.marker),
        format!("/api/assets?category={}", scene.marker),
        format!("/api/orgs/{}/units?siteId={}", stranger.organization, scene.site),
    ] {
        let answer = stranger.get(&format!("{path}&count=true")).await.expect(200);
        assert_eq!(
            (&answer.json()["items"], &answer.json()["total"]),
            (&Value::Array(Vec::new()), &Value::from(0)),
            "{path}"
        );
    }
});
