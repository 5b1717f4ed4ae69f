use tenon_tests::app::TestApp;

use super::Scene;
use crate::raw::{exchange, lossy};

/// Request targets that a client library would tidy up, and the status and code of the answer.
const TARGETS: [(&str, &str, u16, &str); 12] = [
    ("GET", "/api/../etc/passwd", 404, "not_found"),
    ("GET", "/api/%2e%2e/etc/passwd", 404, "not_found"),
    ("GET", "/../../../../etc/passwd", 404, "not_found"),
    ("GET", "/api/./assets", 404, "not_found"),
    ("GET", "//api/assets", 404, "not_found"),
    ("GET", "/api\\assets", 404, "not_found"),
    ("GET", "/api/assets;a=b", 404, "not_found"),
    ("GET", "/api/assets?limit=%", 400, "invalid_parameter"),
    ("GET", "/api/assets?limit=%zz&", 400, "invalid_parameter"),
    ("GET", "/api/assets?limit=%C3%28", 400, "invalid_parameter"),
    ("GET", "/api/assets/%", 400, "invalid_id"),
    ("OPTIONS", "/api/nowhere", 404, "not_found"),
];

/// Requests that the parser refuses by itself: it knows no request yet that a problem document could speak of.
const UNREADABLE: [(&str, &str, u16); 4] = [
    (
        "a blank in the path",
        "GET /api/as sets HTTP/1.1\r\nHost: a\r\n\r\n",
        400,
    ),
    (
        "a control character in the path",
        "GET /api/\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        400,
    ),
    (
        "a NUL in a header",
        "GET /api/assets HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n",
        400,
    ),
    (
        "a blank in a header's name",
        "GET /api/assets HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n",
        400,
    ),
];

pub async fn refuse(app: &TestApp, scene: &Scene) {
    let head = format!(
        "Host: a\r\nAuthorization: Bearer {}\r\nConnection: close\r\n",
        scene.ada.token()
    );
    for (method, target, status, code) in TARGETS {
        let request = format!("{method} {target} HTTP/1.1\r\n{head}\r\n");
        let answer = exchange(app.address(), request.as_bytes()).await;
        answer.answer(&format!("{method} {target}")).problem(status, code);
    }
    for (name, request, status) in UNREADABLE {
        let exchange = exchange(app.address(), request.as_bytes()).await;
        let text = lossy(&exchange.bytes);
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")) && exchange.answers() == 1,
            "{name}: {text}"
        );
    }
    for (name, request) in [
        (
            "a URL of 200 KB",
            format!("GET /api/assets?q={} HTTP/1.1\r\n{head}\r\n", "a".repeat(200_000)),
        ),
        (
            "a header of 200 KB",
            format!("GET /api/assets HTTP/1.1\r\n{head}X-A: {}\r\n\r\n", "a".repeat(200_000)),
        ),
        (
            "200 headers",
            format!("GET /api/assets HTTP/1.1\r\n{head}{}\r\n", "X-A: b\r\n".repeat(200)),
        ),
    ] {
        let exchange = exchange(app.address(), request.as_bytes()).await;
        let text = lossy(&exchange.bytes);
        assert!(
            text.starts_with("HTTP/1.1 431 ") && exchange.answers() == 1,
            "{name}: {}",
            text.get(..300).unwrap_or(&text)
        );
    }
    chunked(app, &head).await;
}

/// Bodies whose length is not told beforehand.
async fn chunked(app: &TestApp, head: &str) {
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for chunks in [17, 32] {
        let request = format!(
            "POST /api/assets HTTP/1.1\r\n{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
            chunk.repeat(chunks)
        );
        let exchange = exchange(app.address(), request.as_bytes()).await;
        exchange.answer("POST /api/assets").problem(413, "body_too_large");
    }
    let longest = format!("q={}", "a".repeat(60_000));
    let request = format!("GET /api/assets?{longest} HTTP/1.1\r\n{head}\r\n");
    let answer = exchange(app.address(), request.as_bytes())
        .await
        .answer("GET /api/assets");
    answer.problem(400, "invalid_parameter");
}
