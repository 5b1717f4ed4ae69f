use reqwest::Method;
use tenon_tests::app::Call;

use super::{Case, Scene};

const JSON: &str = "application/json";
const BODY: &str = "{\"title\":\"a\"}";

const KINDS: [&str; 10] = [
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
];
const ENCODINGS: [&str; 5] = ["gzip", "br", "zstd", "identity", "x"];
const ETAGS: [&str; 7] = ["v1", "\"v1", "", "1", "\"v1\" \"v2\"", "\u{e4}", "**"];
const KEYS: [&str; 4] = ["", "a b", "\u{e4}", "a\tb"];

pub fn cases(scene: &Scene) -> Vec<Case> {
    let post = || scene.ada.call(Method::POST, "/api/assets");
    let path = format!("/api/assets/{}", scene.asset);
    let patch = || scene.ada.call(Method::PATCH, &path).body(JSON, BODY);
    let mut cases = Vec::new();
    let mut add = |name: String, call: Call, status: u16, code: &'static str| {
        cases.push(Case::new(name, call, status, code));
    };
    for kind in KINDS {
        let call = post().bare_body(BODY).header("content-type", kind);
        add(format!("content type {kind:?}"), call, 415, "unsupported_media_type");
    }
    let bare = post().bare_body(BODY);
    add("no content type".to_owned(), bare, 415, "unsupported_media_type");
    for encoding in ENCODINGS {
        let call = post().body(JSON, vec![0x1f, 0x8b, 8, 0]);
        let call = call.header("content-encoding", encoding);
        add(format!("encoding {encoding}"), call, 415, "unsupported_encoding");
    }
    for etag in ETAGS {
        let call = patch().header("if-match", etag);
        add(format!("If-Match {etag:?}"), call, 400, "invalid_if_match");
    }
    add("no If-Match".to_owned(), patch(), 428, "precondition_required");
    for key in KEYS {
        let call = post().body(JSON, BODY).header("idempotency-key", key);
        add(format!("key {key:?}"), call, 400, "invalid_idempotency_key");
    }
    let twice = post().body(JSON, BODY).header("idempotency-key", "a");
    let twice = twice.header("idempotency-key", "b");
    add("two keys".to_owned(), twice, 400, "invalid_idempotency_key");
    cases
}
