use reqwest::Method;
use serde_json::json;
use tenon_tests::app::Call;

use super::{Case, Scene};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Bodies of a new asset that are not JSON.
const MALFORMED: [(&str, &[u8], &str); 14] = [
    ("no body", b"", "The body is empty"),
    ("blanks", b" \n ", "The body is empty"),
    ("a cut object", b"{\n  \"title\": ", "line 2, column 11"),
    ("a trailing comma", b"{\"title\":\"a\",}", "line 1, column 14"),
    ("single quotes", b"{'title':'a'}", "line 1, column 2"),
    ("a word", b"title", "line 1"),
    ("two documents", b"{\"title\":\"a\"} {}", "line 1, column 15"),
    ("a raw NUL", b"{\"title\":\"a\0b\"}", "line 1"),
    ("invalid UTF-8", b"{\"title\":\"\xff\xfe\"}", "line 1"),
    ("an overlong encoding", b"{\"title\":\"\xc0\x80\"}", "line 1"),
    ("a lone surrogate", b"{\"title\":\"\\ud800\"}", "line 1"),
    ("a byte order mark", b"\xef\xbb\xbf{\"title\":\"a\"}", "line 1"),
    ("NaN", b"{\"title\":NaN}", "line 1"),
    ("a form called JSON", b"title=a", "line 1"),
];

/// Bodies of a new asset that are JSON and wrong, with the field and the code that name what is.
const WRONG: [(&str, &str, &str); 20] = [
    ("[]", "", "invalid_type"),
    ("\"title\"", "", "invalid_type"),
    ("null", "", "invalid_type"),
    ("12", "", "invalid_type"),
    ("{}", "title", "required"),
    ("{\"title\":null}", "title", "required"),
    ("{\"title\":1}", "title", "invalid_type"),
    ("{\"title\":[\"a\"]}", "title", "invalid_type"),
    ("{\"title\":\"a\",\"title\":\"b\"}", "title", "duplicate"),
    ("{\"title\":\"a\\u0000b\"}", "title", "invalid_characters"),
    (
        "{\"title\":\"a\",\"description\":\"\\u0000\"}",
        "description",
        "invalid_characters",
    ),
    ("{\"title\":\"a\",\"tags\":\"b\"}", "tags", "invalid_type"),
    ("{\"title\":\"a\",\"tags\":[\"b\",1]}", "tags[1]", "invalid_type"),
    ("{\"title\":\"a\",\"tags\":[\"\\u0000\"]}", "tags", "invalid_characters"),
    ("{\"title\":\"a\",\"value\":5}", "value", "invalid_type"),
    ("{\"title\":\"a\",\"value\":[5,\"EUR\"]}", "value", "invalid_type"),
    (
        "{\"title\":\"a\",\"value\":{\"amount\":1.5,\"currency\":\"EUR\"}}",
        "value.amount",
        "invalid_type",
    ),
    (
        "{\"title\":\"a\",\"value\":{\"amount\":1}}",
        "value.currency",
        "required",
    ),
    (
        "{\"title\":\"a\",\"value\":{\"amount\":9223372036854775808,\"currency\":\"EUR\"}}",
        "value.amount",
        "invalid_type",
    ),
    (
        "{\"title\":\"a\",\"acquiredOn\":\"2024-13-01\"}",
        "acquiredOn",
        "invalid_date",
    ),
];

pub fn cases(scene: &Scene) -> Vec<Case> {
    let post = || scene.ada.call(Method::POST, "/api/assets");
    let mut cases = Vec::new();
    for (name, body, says) in MALFORMED {
        cases.push(Case::new(name, post().body(JSON, body), 400, "malformed_json").says(says));
    }
    for (body, field, code) in WRONG {
        let says = format!("\"field\":\"{field}\",\"code\":\"{code}\"");
        cases.push(Case::new(body, post().body(JSON, body), 400, "validation_failed").says(says));
    }
    for (body, field) in [
        ("{\"title\":\"a\",\"titel\":\"b\"}", "titel"),
        ("{\"title\":\"a\",\"ownerId\":\"b\"}", "ownerId"),
        (
            "{\"title\":\"a\",\"value\":{\"amount\":1,\"currency\":\"EUR\",\"rate\":2}}",
            "value.rate",
        ),
        ("{\"title\":\"a\",\"__proto__\":{}}", "__proto__"),
    ] {
        let case = Case::new(body, post().body(JSON, body), 400, "unknown_field");
        cases.push(case.says(format!("\"field\":\"{field}\"")));
    }
    cases.extend(large(&post));
    cases.extend(forms(scene));
    cases
}

fn large(post: &dyn Fn() -> Call) -> Vec<Case> {
    let two_megabytes = || json!({ "title": "a", "description": "x".repeat(2_000_000) }).to_string();
    let just_over = "[".repeat(1_048_577);
    let deep = |levels: usize| {
        let (open, close) = ("{\"a\":".repeat(levels - 1), "}".repeat(levels - 1));
        json!({ "title": "a" })
            .to_string()
            .replace('}', &format!(",\"attributes\":{open}{{}}{close}}}"))
    };
    vec![
        Case::new(
            "2 MB declared",
            post().body(JSON, two_megabytes()),
            413,
            "body_too_large",
        )
        .says("1048576 bytes"),
        Case::new(
            "a byte too many",
            post().body(JSON, just_over.clone()),
            413,
            "body_too_large",
        ),
        Case::new(
            "a megabyte of brackets",
            post().body(JSON, just_over[1..].to_owned()),
            400,
            "malformed_json",
        ),
        Case::new("65 levels", post().body(JSON, deep(65)), 400, "validation_failed").says("\"too_deep\""),
        Case::new("2,000 levels", post().body(JSON, deep(2_000)), 400, "validation_failed").says("\"too_deep\""),
        Case::new(
            "half a character",
            post().body(JSON, r#"{"title":"a","attributes":{"a":"\ud800"}}"#.to_owned()),
            400,
            "validation_failed",
        )
        .says("\"half_character\""),
        Case::new(
            "100,000 levels",
            post().body(JSON, deep(100_000)),
            400,
            "validation_failed",
        )
        .says("\"too_long\""),
    ]
}

fn forms(scene: &Scene) -> Vec<Case> {
    let login = || scene.ada.without_token().call(Method::POST, "/api/auth/login");
    vec![
        Case::new(
            "a form with a field too many",
            login().body(FORM, "password=a&admin=1"),
            400,
            "unknown_field",
        )
        .says("\"admin\""),
        Case::new(
            "a form with a field twice",
            login().body(FORM, "password=a&password=b"),
            400,
            "validation_failed",
        )
        .says("\"duplicate\""),
        Case::new(
            "a form that is not UTF-8",
            login().body(FORM, "password=%ff&email=%c0%80"),
            400,
            "validation_failed",
        ),
        Case::new("an empty form", login().body(FORM, ""), 400, "validation_failed").says("\"required\""),
        Case::new(
            "JSON called a form",
            login().body(FORM, "{\"password\":\"a\"}"),
            400,
            "unknown_field",
        ),
    ]
}
