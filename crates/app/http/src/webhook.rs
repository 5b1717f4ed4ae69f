//! What Microsoft Graph posts to. Nothing slow happens here: no key is fetched, nothing is decrypted, nobody is called.
//!
//! Source: Microsoft's pages on change notifications: a handshake is answered within 10 s, a notification within 3 s.

mod handshake;
mod meter;

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use tenon_graph::is_batch;
use tokio::time::timeout;

use crate::Api;
use crate::error::{ApiError, MALFORMED_JSON, NOT_DURABLE};
use crate::extract::RawBody;
use crate::reply::Answer;

pub(crate) use handshake::token;
pub use meter::WebhookMeter;

/// What is not durable by then is answered 503, so that Graph sends it again. It takes three seconds for a failure.
const PATIENCE: Duration = Duration::from_millis(2500);

/// When to send it again, if Graph cared: it has its own times.
const AGAIN: Duration = Duration::from_secs(10);

/// What Microsoft Graph posts.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body, which is kept as it is")]
struct GraphPost {
    /// The notifications.
    value: Vec<serde_json::Value>,
    /// Of Microsoft, one for each application, where resources are sent along.
    #[schema(nullable = false)]
    validation_tokens: Option<Vec<String>>,
}

const ACCEPTED: &str = r#"{"status":"accepted"}"#;

/// Take what Microsoft Graph posts: answer its handshake, or keep its notifications before 202.
///
/// With `validationToken` in the query, the answer is that token as plain text and nothing else happens. Otherwise the body is kept as
/// it is, and judged afterwards: a forged one is answered like any other. Needs no token and has no rate limit.
#[utoipa::path(post, path = "/webhooks/graph", tag = "graph", operation_id = "receiveGraphNotifications",
    params(("validationToken" = Option<String>, Query, min_length = 1, max_length = 2048, pattern = r"^[^\u0000-\u001f\u007f-\u009f<>]+$",
        description = "Graph asks whether this is the address of somebody who expects it.")),
    request_body(content = GraphPost, description = "Whatever it holds besides is kept, too."),
    responses((status = 200, description = "The handshake's token.", body = String, content_type = "text/plain",
            example = json!("Validation: Testing client application reachability")),
        (status = 202, description = "The notifications are kept.", body = serde_json::Value,
            example = json!({"status": "accepted"})),
        (status = 400, description = "`invalid_validation_token`, `malformed_json`"),
        (status = 503, description = "`not_durable`: not kept, or not known to be. Send it again.")))]
pub(crate) async fn receive(api: web::Data<Api>, request: HttpRequest, payload: web::Payload) -> Answer {
    if let Some(answer) = handshake(request.query_string()) {
        return answer;
    }
    let body = RawBody::read(&request, payload, api.settings.webhook_body_limit).await?;
    let started = Instant::now();
    let answer = keep(&api, body).await;
    api.webhook.answered(started.elapsed());
    answer
}

/// The answer to a handshake, if the query is one.
pub(crate) fn handshake(query: &str) -> Option<Answer> {
    handshake::token(query).map(|token| Ok(handshake::answer(token?)))
}

async fn keep(api: &Api, body: Bytes) -> Answer {
    match timeout(PATIENCE, check_and_keep(api, body)).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(ApiError::retry(&NOT_DURABLE, AGAIN).because(elapsed)),
    }
}

async fn check_and_keep(api: &Api, body: Bytes) -> Answer {
    let checked = body.clone();
    // Megabytes take long enough for others to notice.
    if !web::block(move || is_batch(&checked))
        .await
        .map_err(ApiError::internal)?
    {
        let detail = "The body is no JSON object with a list `value` of at most 10,000 notifications.";
        return Err(ApiError::new(&MALFORMED_JSON).detail(detail));
    }
    match api.intake.accept(&body).await {
        Ok(()) => Ok(HttpResponse::build(StatusCode::ACCEPTED)
            .content_type("application/json")
            .body(ACCEPTED)),
        Err(error) => Err(ApiError::retry(&NOT_DURABLE, AGAIN).because(error)),
    }
}
