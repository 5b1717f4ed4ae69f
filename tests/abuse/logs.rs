use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::Person;

use crate::lines::exchange;
use crate::siege::{ORDINARY, Siege, options};

/// What a terminal or another line would be made of.
const FORGED: &str =
    "\r\n{\"level\":\"INFO\",\"message\":\"forged-line\"}\r\n\u{1b}]0;forged-title\u{7}\u{1b}[2J\u{2028}\u{85}";

/// The same, percent-encoded.
fn encoded() -> String {
    FORGED.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Has it in everything that may be logged.
async fn write(siege: &Siege, bob: &Person) {
    let anybody = siege.app.anonymous();
    let encoded = encoded();
    for path in [
        format!("/api/{encoded}"),
        format!("/api/assets/{encoded}"),
        format!("/api/assets?q={encoded}"),
        format!("/webhooks/graph?validationToken={encoded}"),
        format!("/api/ws?token={encoded}"),
        format!("/socket.io/?EIO=4&transport=polling&sid={encoded}"),
    ] {
        bob.get(&path).await;
        anybody.call(Method::POST, &path).send().await;
    }
    anybody.login(FORGED, FORGED).await;
    let body = json!({ "email": "guest@example.org", "password": "plum-harbor-42", "displayName": FORGED });
    anybody.register(&body).await;
    bob.create_asset(&json!({ "title": FORGED, "category": FORGED })).await;
    bob.name_session(&bob.session, "*", FORGED).await;
    bob.create_organization(FORGED).await;
    let raw = FORGED.replace(['\r', '\n'], "");
    for name in [
        "User-Agent",
        "X-Request-Id",
        "X-Forwarded-For",
        "Referer",
        "Origin",
        "Traceparent",
        "Idempotency-Key",
    ] {
        let request = format!("GET /api/raw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{name}: {raw}\r\n\r\n");
        exchange(siege.app.address(), request.as_bytes()).await;
    }
    for value in ["a b", "a\u{e4}", "\"},{\"", "${jndi:ldap://127.0.0.1/a}", "%s%n"] {
        anybody
            .call(Method::GET, "/api/raw")
            .header("user-agent", value)
            .header("x-request-id", value)
            .send()
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_a_line_of_the_log() {
    let siege = Siege::begin(options().set("TENON__LOG__LEVEL", "debug")).await;
    let bob = siege.app.register("bob").await;
    write(&siege, &bob).await;
    let log = siege.app.log_so_far().await;
    for line in log.lines() {
        // The banner is no JSON.
        let read: Value = serde_json::from_str(line).unwrap_or(Value::Null);
        let is_whole = read["message"] != "forged-line" && (read.is_object() || !line.contains("forged"));
        assert!(
            is_whole && !line.contains(['\u{1b}', '\u{7}', '\u{2028}', '\u{85}']),
            "{line:?}"
        );
    }
    siege
        .end(
            "line ends and escape sequences in paths, queries, headers, names, as JSON",
            "each line is one object of the server's",
            ORDINARY,
        )
        .await;
}
