//! The console: a page for people, served by the binary itself.
//!
//! What is under `page` is part of a release build; a debug build reads it from the disk, so that a change shows after a
//! reload. There is no build step: what is written there is what browsers run.
//!
//! Architecture Invariant: this crate knows no other crate of ours. The page asks the interface that everybody else asks.

mod headers;
mod pages;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// The file at `/`.
const ENTRANCE: &str = "index.html";

/// Serves the console at `/` and below `/console/`.
pub fn register(config: &mut ServiceConfig) {
    for path in ["/", "/console/{file:.*}"] {
        let resource = web::resource(path)
            .route(web::get().to(answer))
            .route(web::head().to(answer))
            .default_service(web::to(refuse));
        config.service(resource);
    }
}

async fn answer(request: HttpRequest) -> HttpResponse {
    let path = match request.match_info().get("file") {
        None | Some("") => ENTRANCE,
        Some(path) => path,
    };
    match pages::find(path) {
        Some(page) => headers::respond(&request, page),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn refuse() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, "GET, HEAD"))
        .finish()
}

#[cfg(test)]
mod tests;
