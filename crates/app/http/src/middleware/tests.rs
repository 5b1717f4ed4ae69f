//! What goes around every request, seen from outside.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, HttpResponse, body, dev, web};
use serde_json::Value;

use super::shield::shielded;
use super::testing::edge;

async fn shield(
    request: dev::ServiceRequest,
    next: Next<body::BoxBody>,
) -> Result<dev::ServiceResponse<body::BoxBody>, Error> {
    Ok(shielded(&next, request, Duration::from_millis(20)).await)
}

async fn ask(request: TestRequest) -> (StatusCode, HeaderMap, Vec<u8>) {
    let large = || async {
        HttpResponse::Ok()
            .content_type("application/json")
            .body("x".repeat(1024))
    };
    let small = || async { HttpResponse::Ok().body("x".repeat(1023)) };
    let slow = || async {
        std::future::pending::<()>().await;
        HttpResponse::Ok().finish()
    };
    let broken = || async {
        assert_eq!("the lamp", "broken");
        HttpResponse::Ok().finish()
    };
    let foreign = || async { Err::<HttpResponse, _>(actix_web::error::ErrorBadGateway("secret")) };
    let app = App::new()
        .route("/api/large", web::get().to(large))
        .route("/api/small", web::get().to(small))
        .route("/api/auth/large", web::get().to(large))
        .route("/api/foreign", web::get().to(foreign))
        .route("/console", web::get().to(small))
        .service(web::resource("/api/slow").get(slow).wrap(from_fn(shield)))
        .service(web::resource("/api/broken").get(broken).wrap(from_fn(shield)));
    let app = init_service(app.wrap(edge())).await;
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, read_body(response).await.to_vec())
}

async fn get(path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    ask(TestRequest::get().uri(path)).await
}

async fn problem(path: &str) -> (u16, Value) {
    let (status, headers, body) = get(path).await;
    assert_eq!(headers.get("content-type").unwrap(), "application/problem+json");
    (status.as_u16(), serde_json::from_slice(&body).unwrap())
}

#[actix_web::test]
async fn a_failure_is_a_problem_document_with_everything_in_it() {
    let request = TestRequest::get()
        .uri("/api/nothing?secret=1")
        .insert_header(("x-request-id", "mine"));
    let (_, headers, body) = ask(request).await;
    assert_eq!(headers.get("x-request-id").unwrap(), "mine");
    let problem: Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!({
        "type": "https://tenon.dev/problems/not-found", "title": "Not found", "status": 404,
        "detail": "There is nothing at this path.", "instance": "/api/nothing", "code": "not_found",
        "requestId": "mine", "timestamp": "2027-01-15T08:00:00.000000Z",
        "error": { "message": "Not found", "status": 404, "timestamp": "2027-01-15T08:00:00.000000Z" }
    });
    assert_eq!(problem, expected);
}

#[actix_web::test]
async fn a_panic_a_timeout_and_a_foreign_error_tell_nothing_of_their_cause() {
    let (status, broken) = problem("/api/broken").await;
    assert_eq!((status, &broken["code"]), (500, &"internal".into()));
    let (status, slow) = problem("/api/slow").await;
    assert_eq!((status, &slow["code"]), (503, &"timeout".into()));
    let (status, foreign) = problem("/api/foreign").await;
    assert_eq!((status, &foreign["code"]), (500, &"internal".into()));
    for problem in [broken, slow, foreign] {
        let text = problem.to_string();
        assert!(
            !text.contains("lamp") && !text.contains("secret") && problem.get("debug").is_none(),
            "{text}"
        );
    }
}

#[actix_web::test]
async fn every_answer_has_the_headers_that_protect_it() {
    for path in ["/api/small", "/api/nothing", "/api/broken"] {
        let (_, headers, _) = get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(headers.get(name).unwrap(), value, "{path}");
        }
        assert!(headers.contains_key("x-request-id") && !headers.contains_key("server"));
    }
    assert!(!get("/console").await.1.contains_key("cache-control"));
}

#[actix_web::test]
async fn large_answers_without_secrets_are_compressed_for_who_asks() {
    let ask = async |path: &str, accepted: &'static str| {
        ask(TestRequest::get()
            .uri(path)
            .insert_header(("accept-encoding", accepted)))
        .await
    };
    for encoding in ["gzip", "zstd"] {
        let (_, headers, body) = ask("/api/large", encoding).await;
        assert_eq!(headers.get("content-encoding").unwrap(), encoding);
        assert_eq!(headers.get("vary").unwrap(), "accept-encoding");
        assert!(body.len() < 100, "{encoding}: {}", body.len());
    }
    for (path, accepted) in [
        ("/api/large", "identity"),
        ("/api/large", "gzip;q=0"),
        ("/api/large", "br"),
        ("/api/small", "gzip"),
    ] {
        let (_, headers, body) = ask(path, accepted).await;
        assert!(
            !headers.contains_key("content-encoding") && body.len() >= 1023,
            "{path} {accepted}"
        );
        assert_eq!(headers.contains_key("vary"), path == "/api/large");
    }
    assert!(!ask("/api/auth/large", "gzip").await.1.contains_key("content-encoding"));
    assert!(!get("/api/large").await.1.contains_key("content-encoding"));
}
