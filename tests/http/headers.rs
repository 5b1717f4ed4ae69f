//! What every answer carries: headers that protect, CORS, compression, the request's id.

use std::io::Read;

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{Answer, Options, Person, Setup, TestApp, is_id};
use tenon_tests::for_each_setup;

const ORIGIN: &str = "https://app.example.org";

/// An answer of every kind, by its status.
async fn kinds(app: &TestApp, ada: &Person) -> Vec<Answer> {
    let asset = ada.made_asset("Pump").await;
    let path = format!("/api/assets/{asset}");
    let huge = json!({ "title": "x".repeat(2_000_000) });
    let kinds = vec![
        ada.asset(&asset).await.expect(200),
        app.anonymous().openapi().await.expect(200),
        app.anonymous().health().await.expect(200),
        ada.call(Method::HEAD, "/api/assets").send().await.expect(200),
        ada.create_asset(&json!({ "title": "Valve" })).await.expect(201),
        ada.call(Method::GET, &path)
            .header("if-none-match", "*")
            .send()
            .await
            .expect(304),
        ada.create_asset(&json!({})).await.expect(400),
        app.anonymous().me().await.expect(401),
        ada.change_password("wrong", "violet-harbor-43").await.expect(403),
        ada.asset(&ada.id).await.expect(404),
        app.anonymous().get("/nowhere").await.expect(404),
        ada.call(Method::PUT, &path).send().await.expect(405),
        ada.delete_asset(&asset, "\"v9\"").await.expect(412),
        ada.create_asset(&huge).await.expect(413),
        ada.call(Method::POST, "/api/assets")
            .body("text/plain", "x")
            .send()
            .await
            .expect(415),
        ada.call(Method::DELETE, &path).send().await.expect(428),
        ada.delete_asset(&asset, "\"v1\"").await.expect(204),
    ];
    kinds
}

fn options(setup: Setup) -> Options {
    setup.options().set("CORS_ORIGINS", ORIGIN)
}

for_each_setup!(every_answer_carries_the_headers_that_protect, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for answer in kinds(&app, &ada).await {
        let asked = format!("{} {}", answer.status, answer.asked);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{asked}");
        }
        if answer.asked.contains(" /api/") {
            assert_eq!(answer.header("cache-control"), "no-store", "{asked}");
        }
        assert!(is_id(answer.header("x-request-id")), "{asked}");
        for absent in [
            "server",
            "x-powered-by",
            "strict-transport-security",
            "access-control-allow-origin",
            "set-cookie",
        ] {
            assert!(!answer.headers.contains_key(absent), "{asked}: {absent}");
        }
    }
});

#[tokio::test]
async fn an_installation_behind_tls_says_so() {
    let app = Setup::SqliteAlone
        .options()
        .set("APP_URL", "https://tenon.example.org")
        .start()
        .await;
    for path in ["/api/health", "/nowhere"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(
            answer.header("strict-transport-security"),
            "max-age=63072000; includeSubDomains"
        );
    }
}

for_each_setup!(pages_of_a_configured_origin_may_ask_with_credentials, |setup| {
    let app = options(setup).start().await;
    let client = app.anonymous();
    let preflight = client.call(Method::OPTIONS, "/api/assets/1").header("origin", ORIGIN);
    let preflight = preflight.header("access-control-request-method", "PATCH");
    let preflight = preflight.header(
        "access-control-request-headers",
        "authorization, content-type, if-match",
    );
    let answer = preflight.send().await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("access-control-max-age"), "600");
    let methods = answer.header("access-control-allow-methods");
    assert!(
        ["GET", "POST", "PATCH", "DELETE"]
            .iter()
            .all(|method| methods.contains(method)),
        "{methods}"
    );
    let allowed = answer.header("access-control-allow-headers").to_lowercase();
    for name in [
        "authorization",
        "content-type",
        "if-match",
        "if-none-match",
        "idempotency-key",
        "x-request-id",
    ] {
        assert!(allowed.contains(name), "{allowed}");
    }
    for path in ["/api/health", "/api/auth/me", "/api/nowhere"] {
        let answer = client.call(Method::GET, path).header("origin", ORIGIN).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "{path}");
        assert!(
            answer
                .header("access-control-expose-headers")
                .to_lowercase()
                .contains("etag"),
            "{path}"
        );
        let vary: Vec<_> = answer
            .headers
            .get_all("vary")
            .iter()
            .map(|value| value.to_str().unwrap().to_lowercase())
            .collect();
        assert!(vary.join(",").contains("origin"), "{path}: {vary:?}");
    }
    let limited = options(setup).limits(1, 1).start().await;
    let client = limited.anonymous();
    client.me().await.problem(401, "token_missing");
    let refused = client
        .call(Method::GET, "/api/auth/me")
        .header("origin", ORIGIN)
        .send()
        .await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
});

for_each_setup!(pages_of_any_other_origin_may_not, |setup| {
    let app = options(setup).start().await;
    let client = app.anonymous();
    for origin in [
        "https://evil.example.org",
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org.evil.org",
        "https://APP.example.org",
        "null",
        "*",
    ] {
        let preflight = client.call(Method::OPTIONS, "/api/assets").header("origin", origin);
        let answer = preflight.header("access-control-request-method", "POST").send().await;
        answer.problem(400, "bad_request");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
        let answer = client
            .call(Method::GET, "/api/health")
            .header("origin", origin)
            .send()
            .await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
    }
    let method = client.call(Method::OPTIONS, "/api/assets").header("origin", ORIGIN);
    let method = method.header("access-control-request-method", "TRACE").send().await;
    method.problem(400, "bad_request");
});

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

for_each_setup!(
    bodies_of_a_kilobyte_or_more_are_compressed_for_whoever_takes_that,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let small = ada.made_asset("Small").await;
        for _ in 0..5 {
            ada.create_asset(&json!({ "title": "Big", "description": "d".repeat(500) }))
                .await
                .expect(201);
        }
        let get = async |path: &str, accepted: &str| {
            ada.call(Method::GET, path)
                .header("accept-encoding", accepted)
                .send()
                .await
                .expect(200)
        };
        let plain = ada.assets("").await.expect(200);
        let gzip = get("/api/assets", "gzip").await;
        assert_eq!(gzip.header("content-encoding"), "gzip");
        assert_eq!(gunzip(&gzip.body), plain.text());
        assert!(gzip.body.len() < plain.body.len() / 2);
        for (accepted, encoding) in [
            ("br, gzip", "gzip"),
            ("zstd", "zstd"),
            ("gzip;q=1, zstd;q=0.5", "gzip"),
            ("gzip;q=0, zstd", "zstd"),
        ] {
            let answer = get("/api/assets", accepted).await;
            assert_eq!(
                (answer.header("content-encoding"), answer.body.len() < plain.body.len()),
                (encoding, true),
                "{accepted}"
            );
        }
        for answer in [
            plain,
            get("/api/assets", "identity").await,
            get("/api/assets", "compress").await,
        ] {
            assert!(!answer.headers.contains_key("content-encoding"));
            assert!(answer.header("vary").to_lowercase().contains("accept-encoding"));
        }
        let answer = get(&format!("/api/assets/{small}"), "gzip, br").await;
        assert!(!answer.headers.contains_key("content-encoding"));
        let document = app
            .anonymous()
            .call(Method::GET, "/api/openapi.json")
            .header("accept-encoding", "gzip");
        let document = document.send().await.expect(200);
        assert_eq!(gunzip(&document.body), app.anonymous().openapi().await.text());
        for _ in 0..6 {
            ada.sign_in().await;
        }
        let secret = get("/api/auth/sessions", "gzip, br").await;
        assert!(secret.body.len() > 1024 && !secret.headers.contains_key("content-encoding"));
    }
);

for_each_setup!(a_request_keeps_its_id_or_gets_one_and_the_log_has_it, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let ask = async |id: &str| {
        ada.call(Method::GET, "/api/assets")
            .header("x-request-id", id)
            .send()
            .await
    };
    for id in ["trace-1.2_Z", "a", &"a".repeat(128)] {
        assert_eq!(ask(id).await.header("x-request-id"), id);
    }
    for id in ["", "a b", "a\"b", "<script>", "\u{e4}", &"a".repeat(129), "a/b"] {
        assert!(is_id(ask(id).await.header("x-request-id")), "{id}");
    }
    let mut app = app;
    app.stop().await;
    let log = app.log();
    let line = log.lines().find(|line| line.contains("trace-1.2_Z")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&line["message"], &line["status"], &line["path"]),
        (&json!("answered"), &json!(200), &json!("/api/assets"))
    );
});
