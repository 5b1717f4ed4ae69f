use std::collections::BTreeSet;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpResponse};

use crate::{pages, register};

async fn get(path: &str, known: Option<&str>) -> ServiceResponse {
    let service = init_service(App::new().configure(register)).await;
    let mut request = TestRequest::get().uri(path);
    if let Some(known) = known {
        request = request.insert_header((header::IF_NONE_MATCH, known));
    }
    call_service(&service, request.to_request()).await
}

fn header_of<'a>(response: &'a HttpResponse, name: &str) -> &'a str {
    response.headers().get(name).unwrap().to_str().unwrap()
}

fn text(path: &str) -> String {
    String::from_utf8(pages::find(path).unwrap().content.into_owned()).unwrap()
}

#[actix_web::test]
async fn the_entrance_is_a_page_that_runs_nothing_but_files_of_its_origin() {
    let response = get("/", None).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = response.response();
    assert_eq!(header_of(answer, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header_of(answer, "cache-control"), "no-cache");
    let policy = header_of(answer, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
}

#[actix_web::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let path = "/console/scripts/main.js";
    let first = get(path, None).await;
    let tag = header_of(first.response(), "etag").to_owned();
    assert!(!to_bytes(first.into_body()).await.unwrap().is_empty());
    let again = get(path, Some(&tag)).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(to_bytes(again.into_body()).await.unwrap().is_empty());
    assert_eq!(get(path, Some("W/\"other\"")).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn what_is_no_file_of_the_page_is_not_found() {
    for path in [
        "/console/nothing.js",
        "/console/../Cargo.toml",
        "/console/%2e%2e/src/lib.rs",
        "/console/..%2f..%2fCargo.toml",
        "/console//etc/passwd",
        "/console/scripts",
    ] {
        assert_eq!(get(path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[actix_web::test]
async fn whatever_is_not_read_is_refused_with_what_is_allowed() {
    let service = init_service(App::new().configure(register)).await;
    let request = TestRequest::post().uri("/console/scripts/main.js").to_request();
    let response = call_service(&service, request).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header_of(response.response(), "allow"), "GET, HEAD");
}

#[test]
fn every_file_has_a_kind_and_no_script_or_style_stands_in_a_page() {
    for path in pages::all() {
        assert!(pages::find(&path).is_some(), "{path} is of no kind that is served");
        let text = text(&path);
        for forbidden in [" style=\"", "<style", "javascript:", "innerHTML", "eval(", "onclick="] {
            assert!(!text.contains(forbidden), "{path} has {forbidden}");
        }
        for address in ["https://", "http://"] {
            let foreign = text.matches(address).count()
                - text.matches("http://www.w3.org/").count() * usize::from(address == "http://");
            assert_eq!(foreign, 0, "{path} names another origin");
        }
    }
}

#[test]
fn every_script_that_is_imported_is_there() {
    let all: BTreeSet<String> = pages::all().map(|path| path.into_owned()).collect();
    for path in all.iter().filter(|path| path.ends_with(".js")) {
        let folder = path.rsplit_once('/').unwrap().0;
        for line in text(path)
            .lines()
            .filter(|line| line.starts_with("import ") || line.starts_with("} from "))
        {
            let Some((_, named)) = line.split_once("from \"") else {
                continue;
            };
            let named = named.split('"').next().unwrap();
            let mut parts: Vec<&str> = folder.split('/').collect();
            for part in named.split('/') {
                match part {
                    "." => {}
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            assert!(all.contains(&parts.join("/")), "{path} imports {named}");
        }
    }
}
