use reqwest::Method;

use super::{Case, Scene};

const JSON: &str = "application/json";
const BODY: &str = "{\"title\":\"a\"}";

pub fn cases(scene: &Scene) -> Vec<Case> {
    let post = || scene.ada.call(Method::POST, "/api/assets");
    let path = format!("/api/assets/{}", scene.asset);
    let patch = || scene.ada.call(Method::PATCH, &path).body(JSON, BODY);
    let mut cases = Vec::new();
    for kind in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=a",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/merge-patch+json",
        "json",
        "",
        "\u{e4}",
    ] {
        let call = post().bare_body(BODY).header("content-type", kind);
        cases.push(Case::new(
            format!("content type {kind:?}"),
            call,
            415,
            "unsupported_media_type",
        ));
    }
    cases.push(Case::new(
        "no content type",
        post().bare_body(BODY),
        415,
        "unsupported_media_type",
    ));
    for encoding in ["gzip", "br", "zstd", "identity", "x"] {
        let call = post()
            .body(JSON, vec![0x1f, 0x8b, 8, 0])
            .header("content-encoding", encoding);
        cases.push(Case::new(
            format!("content encoding {encoding}"),
            call,
            415,
            "unsupported_encoding",
        ));
    }
    for etag in ["v1", "\"v1", "", "1", "\"v1\" \"v2\"", "\u{e4}", "**"] {
        let call = patch().header("if-match", etag);
        cases.push(Case::new(format!("If-Match {etag:?}"), call, 400, "invalid_if_match"));
    }
    cases.push(Case::new("no If-Match", patch(), 428, "precondition_required"));
    for key in ["", "a b", "\u{e4}", "a\tb"] {
        let call = post().body(JSON, BODY).header("idempotency-key", key);
        cases.push(Case::new(
            format!("Idempotency-Key {key:?}"),
            call,
            400,
            "invalid_idempotency_key",
        ));
    }
    let twice = post()
        .body(JSON, BODY)
        .header("idempotency-key", "a")
        .header("idempotency-key", "b");
    cases.push(Case::new("two keys", twice, 400, "invalid_idempotency_key"));
    cases
}
