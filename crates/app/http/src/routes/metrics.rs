use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use prometheus_client::encoding::text::encode;

use crate::Api;
use crate::error::ApiError;
use crate::metrics::{self, Traffic};
use crate::reply::Answer;

const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Tell what is counted, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "getMetrics",
    responses((status = 200, description = "OpenMetrics 1.0.", body = String,
        content_type = "application/openmetrics-text", example = json!("# HELP tenon What runs.\n# TYPE tenon info\ntenon_info{version=\"0.1.0\"} 1\n# EOF\n"))))]
pub(crate) async fn report(api: web::Data<Api>, traffic: web::Data<Traffic>) -> Answer {
    let mut text = String::new();
    encode(&mut text, &metrics::gather(&api, &traffic)).map_err(ApiError::internal)?;
    let mut response = HttpResponse::Ok().body(text);
    response.headers_mut().insert(header::CONTENT_TYPE, OPEN_METRICS);
    Ok(response)
}
