use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};

use crate::Api;
use crate::dto::health::{HealthView, Sign};
use crate::openapi::DOCUMENT;
use crate::reply::{Answer, Reply};

/// The same without what makes it legible, which is half of it.
static COMPACT: LazyLock<Bytes> = LazyLock::new(|| {
    let compact = serde_json::from_str(&DOCUMENT).map(|document: serde_json::Value| document.to_string());
    compact.map_or_else(|_| Bytes::from_static(DOCUMENT.as_bytes()), Bytes::from)
});

/// Tell how the instance and what it depends on do.
#[utoipa::path(get, path = "/api/health", tag = "health", operation_id = "getHealth",
    responses((status = 200, description = "Healthy.", body = HealthView),
        (status = 503, description = "Degraded.", body = HealthView)))]
pub(crate) async fn report(api: web::Data<Api>) -> Answer {
    let view = HealthView::of(&api);
    Ok(Reply::sized(status(api.health.is_healthy()), 512, &view)?.into_response())
}

/// Tell that the process answers.
#[utoipa::path(get, path = "/api/health/live", tag = "health", operation_id = "getLiveness",
    responses((status = 200, description = "It does.", body = Sign)))]
pub(crate) async fn live() -> Answer {
    Ok(Reply::ok(&Sign { status: "live" })?.into_response())
}

/// Tell whether requests should be sent here.
#[utoipa::path(get, path = "/api/health/ready", tag = "health", operation_id = "getReadiness",
    responses((status = 200, description = "They should.", body = Sign),
        (status = 503, description = "A needed service is down, or the instance is stopping.", body = Sign)))]
pub(crate) async fn ready(api: web::Data<Api>) -> Answer {
    let ready = api.health.is_ready();
    let sign = Sign {
        status: if ready { "ready" } else { "not_ready" },
    };
    Ok(Reply::sized(status(ready), 32, &sign)?.into_response())
}

/// Read this document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "health", operation_id = "getOpenApi",
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value,
        example = json!({"openapi": "3.1.0", "info": {"title": "Tenon", "version": "0.1.0"}, "paths": {}}))))]
pub(crate) async fn openapi() -> HttpResponse {
    let mut response = HttpResponse::Ok().body(COMPACT.clone());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn status(good: bool) -> StatusCode {
    if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
