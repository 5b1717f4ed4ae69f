//! Bodies and queries through a route of two lines, as clients would send them.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

use super::{Body, BodyRules, Query};
use crate::middleware::testing::edge;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    price: Option<Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    amount: i64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    name: Option<String>,
}

async fn make(body: Body<Thing>) -> HttpResponse {
    let thing = body.value;
    HttpResponse::Ok().json((thing.name, thing.tags, thing.price.map(|price| price.amount)))
}

async fn list(query: Query<Filter>) -> HttpResponse {
    HttpResponse::Ok().json(query.0.name)
}

async fn answer(request: TestRequest) -> (StatusCode, Value) {
    let rules = BodyRules {
        limit: 100,
        within: Duration::from_secs(1),
    };
    let app = App::new().app_data(rules).wrap(edge());
    let app = init_service(app.route("/", web::post().to(make)).route("/", web::get().to(list))).await;
    let response = call_service(&app, request.to_request()).await;
    (response.status(), read_body_json(response).await)
}

async fn json(body: impl Into<Vec<u8>>) -> (StatusCode, Value) {
    let request = TestRequest::post().insert_header(("content-type", "application/json"));
    answer(request.set_payload(body.into())).await
}

/// The code, the detail, and the fields with theirs.
async fn refusal(body: impl Into<Vec<u8>>) -> (String, String, Vec<(String, String)>) {
    let (status, problem) = json(body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let fields = problem["fields"].as_array().into_iter().flatten();
    let fields = fields
        .map(|field| (text(&field["field"]), text(&field["code"])))
        .collect();
    (text(&problem["code"]), text(&problem["detail"]), fields)
}

async fn wrong_field(body: &str) -> (String, String, String) {
    let (code, _, fields) = refusal(body).await;
    assert_eq!(fields.len(), 1, "{body}");
    (code, fields[0].0.clone(), fields[0].1.clone())
}

fn triple(code: &str, field: &str, field_code: &str) -> (String, String, String) {
    (code.to_owned(), field.to_owned(), field_code.to_owned())
}

#[actix_web::test]
async fn json_and_forms_are_read() {
    let (status, value) = json(r#" {"name":"a","tags":["x"],"price":{"amount":-5}} "#).await;
    assert_eq!(
        (status, value.to_string().as_str()),
        (StatusCode::OK, r#"["a",["x"],-5]"#)
    );
    let form = TestRequest::post().insert_header(("content-type", "application/x-www-form-urlencoded"));
    let (status, value) = answer(form.set_payload("name=a+b&tags=x&tags=%C3%A4")).await;
    assert_eq!(
        (status, value.to_string().as_str()),
        (StatusCode::OK, r#"["a b",["x","ä"],null]"#)
    );
}

#[actix_web::test]
async fn malformed_json_says_where() {
    let (code, detail, _) = refusal("{\n  \"name\": }").await;
    assert_eq!(code, "malformed_json");
    assert_eq!(detail, "Not JSON at line 2, column 11: expected value.");
    for body in ["", " ", "{", "{\"name\":\"a\"} {}", "\u{feff}{}", "nope"] {
        assert_eq!(refusal(body).await.0, "malformed_json", "{body}");
    }
    assert_eq!(refusal(b"{\"name\":\"\xff\"}").await.0, "malformed_json");
}

#[actix_web::test]
async fn unknown_missing_and_wrong_fields_are_named_with_their_path() {
    let of = |code, field, field_code| triple(code, field, field_code);
    assert_eq!(
        wrong_field(r#"{"name":"a","x":1}"#).await,
        of("unknown_field", "x", "unknown_field")
    );
    assert_eq!(
        wrong_field(r#"{"name":"a","price":{"amount":1,"y":1}}"#).await,
        of("unknown_field", "price.y", "unknown_field")
    );
    assert_eq!(wrong_field("{}").await, of("validation_failed", "name", "required"));
    assert_eq!(
        wrong_field(r#"{"name":"a","price":{}}"#).await,
        of("validation_failed", "price.amount", "required")
    );
    assert_eq!(
        wrong_field(r#"{"name":"a","name":"b"}"#).await,
        of("validation_failed", "name", "duplicate")
    );
    assert_eq!(
        wrong_field(r#"{"name":"a","tags":["x",5]}"#).await,
        of("validation_failed", "tags[1]", "invalid_type")
    );
    for body in ["[\"a\"]", "null", "5"] {
        assert_eq!(
            wrong_field(body).await,
            of("validation_failed", "", "invalid_type"),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn what_is_repeated_of_a_body_is_short() {
    let (_, detail, fields) = refusal(format!("{{\"{}\":1}}", "x".repeat(90))).await;
    assert!(detail.len() < 120 && fields[0].0.len() < 90, "{detail}");
}

#[actix_web::test]
async fn bodies_of_other_kinds_are_refused() {
    let send = async |name: &'static str, value: &'static str| {
        let request = TestRequest::post().insert_header(("content-type", "application/json"));
        let (status, problem) = answer(request.set_payload("{\"name\":\"a\"}").insert_header((name, value))).await;
        (status.as_u16(), problem["code"].as_str().unwrap_or_default().to_owned())
    };
    for kind in [
        "text/plain",
        "application/jsonx",
        "application/json; charset=latin1",
        "multipart/form-data",
    ] {
        assert_eq!(
            send("content-type", kind).await,
            (415, "unsupported_media_type".to_owned()),
            "{kind}"
        );
    }
    for kind in [
        "Application/JSON",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
    ] {
        assert_eq!(send("content-type", kind).await.0, 200, "{kind}");
    }
    assert_eq!(
        send("content-encoding", "gzip").await,
        (415, "unsupported_encoding".to_owned())
    );
    assert_eq!(send("content-length", "101").await, (413, "body_too_large".to_owned()));
}

#[actix_web::test]
async fn a_body_is_read_up_to_its_limit() {
    let padded = |size: usize| format!("{:<size$}", "{\"name\":\"a\"}");
    assert_eq!(json(padded(100)).await.0, StatusCode::OK);
    let (status, problem) = json(padded(101)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem["detail"], "A body may have at most 100 bytes.");
}

#[actix_web::test]
async fn queries_with_unknown_or_repeated_parameters_are_refused() {
    let ask = async |uri: &'static str| answer(TestRequest::get().uri(uri)).await;
    assert_eq!(ask("/?name=a%20b").await, (StatusCode::OK, "a b".into()));
    assert_eq!(ask("/").await, (StatusCode::OK, Value::Null));
    let (status, problem) = ask("/?nmae=a").await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &"unknown_parameter".into())
    );
    assert_eq!(problem["fields"][0]["field"], "nmae");
    let (_, problem) = ask("/?name=a&name=b").await;
    assert_eq!(problem["code"], "invalid_parameter");
    assert_eq!(
        (&problem["fields"][0]["field"], &problem["fields"][0]["code"]),
        (&"name".into(), &"duplicate".into())
    );
}
