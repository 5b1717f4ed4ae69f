//! `/v1.0/subscriptions`.

use std::sync::Arc;

use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;
use uuid::Uuid;

use crate::faults::Endpoint;
use crate::handshake::handshake;
use crate::rich::Recipient;
use crate::subscription::{Subscription, written};
use crate::world::{Holder, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct New {
    change_type: String,
    notification_url: String,
    lifecycle_notification_url: Option<String>,
    resource: String,
    expiration_date_time: String,
    client_state: Option<String>,
    #[serde(default)]
    include_resource_data: bool,
    encryption_certificate: Option<String>,
    encryption_certificate_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    expiration_date_time: Option<String>,
    encryption_certificate: Option<String>,
    encryption_certificate_id: Option<String>,
}

/// Why Graph does not do it.
#[derive(Debug, thiserror::Error)]
#[error("{1}: {2}")]
pub struct Refusal(StatusCode, &'static str, String);

type Answer = Result<HttpResponse, Error>;

pub async fn create(world: web::Data<World>, request: HttpRequest, body: web::Bytes) -> Answer {
    let holder = admit(&world, &request).await?;
    let new: New = serde_json::from_slice(&body).map_err(|error| invalid(error.to_string()))?;
    let subscription = made(&world, &holder, new)?;
    let world = world.into_inner();
    let (there, wanted) = (Arc::clone(&world), subscription.clone());
    // Posts are made by the runtime that outlives this request.
    let greeted = world.runtime.spawn(async move { greet(&there, &wanted).await }).await;
    greeted
        .unwrap_or_else(|error| Err(error.to_string()))
        .map_err(|reason| {
            let message = format!("Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request: {reason}");
            Refusal(StatusCode::BAD_REQUEST, "ValidationError", message)
        })?;
    let answer = json!(subscription);
    world.subscriptions.put(subscription);
    Ok(HttpResponse::Created().json(answer))
}

pub async fn list(world: web::Data<World>, request: HttpRequest) -> Answer {
    let holder = admit(&world, &request).await?;
    let mut all = world.subscriptions.all();
    all.retain(|subscription| subscription.application_id == holder.client);
    Ok(HttpResponse::Ok().json(json!({"value": all})))
}

pub async fn find(world: web::Data<World>, request: HttpRequest, id: web::Path<String>) -> Answer {
    let holder = admit(&world, &request).await?;
    let found = world.subscriptions.of(&holder.client, &id).ok_or_else(missing)?;
    Ok(HttpResponse::Ok().json(found))
}

pub async fn change(world: web::Data<World>, request: HttpRequest, id: web::Path<String>, body: web::Bytes) -> Answer {
    let holder = admit(&world, &request).await?;
    let mut subscription = world.subscriptions.of(&holder.client, &id).ok_or_else(missing)?;
    let change: Change = serde_json::from_slice(&body).map_err(|error| invalid(error.to_string()))?;
    if let Some(until) = &change.expiration_date_time {
        subscription.expiration_date_time = expiry(&world, until)?;
    }
    if let Some(certificate) = &change.encryption_certificate {
        let id = change.encryption_certificate_id.as_ref();
        subscription.recipient = Some(recipient(certificate, id)?);
        subscription.encryption_certificate_id = id.cloned();
    }
    world.subscriptions.put(subscription.clone());
    Ok(HttpResponse::Ok().json(subscription))
}

pub async fn remove(world: web::Data<World>, request: HttpRequest, id: web::Path<String>) -> Answer {
    let holder = admit(&world, &request).await?;
    world.subscriptions.of(&holder.client, &id).ok_or_else(missing)?;
    world.subscriptions.remove(&id);
    Ok(HttpResponse::NoContent().finish())
}

pub async fn reauthorize(world: web::Data<World>, request: HttpRequest, id: web::Path<String>) -> Answer {
    let holder = admit(&world, &request).await?;
    world.subscriptions.of(&holder.client, &id).ok_or_else(missing)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who asks, unless Graph is made to fail.
async fn admit(world: &World, request: &HttpRequest) -> Result<Holder, Error> {
    if let Some(answer) = world.faults.meet(Endpoint::Graph).await {
        return Err(InternalError::from_response("simulated", answer).into());
    }
    let header = request
        .headers()
        .get("Authorization")
        .and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer "));
    let refused = "Access token is missing, expired or unknown.".to_owned();
    token
        .and_then(|token| world.holder(token))
        .ok_or_else(|| Refusal(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", refused).into())
}

async fn greet(world: &World, subscription: &Subscription) -> Result<(), String> {
    handshake(world, subscription, &subscription.notification_url).await?;
    match &subscription.lifecycle_notification_url {
        Some(url) => handshake(world, subscription, url).await,
        None => Ok(()),
    }
}

fn made(world: &World, holder: &Holder, new: New) -> Result<Subscription, Refusal> {
    let known = |change: &str| matches!(change.trim(), "created" | "updated" | "deleted");
    if !new.change_type.split(',').all(known) {
        return Err(invalid("changeType must be of created, updated and deleted"));
    }
    if new.resource.trim_matches('/').is_empty() {
        return Err(invalid("resource must name one"));
    }
    if new
        .client_state
        .as_ref()
        .is_some_and(|state| state.chars().count() > 128)
    {
        return Err(invalid("clientState must have at most 128 characters"));
    }
    for url in [Some(&new.notification_url), new.lifecycle_notification_url.as_ref()]
        .into_iter()
        .flatten()
    {
        if !Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http")) {
            return Err(invalid(format!("{url} is no URL to post to")));
        }
    }
    let certificate = new.encryption_certificate.as_ref();
    let encrypted = match (new.include_resource_data, certificate) {
        (true, None) => return Err(invalid("includeResourceData needs encryptionCertificate")),
        (false, _) => None,
        (true, Some(certificate)) => Some(recipient(certificate, new.encryption_certificate_id.as_ref())?),
    };
    Ok(Subscription {
        id: Uuid::new_v4().to_string(),
        application_id: holder.client.clone(),
        expiration_date_time: expiry(world, &new.expiration_date_time)?,
        change_type: new.change_type,
        notification_url: new.notification_url,
        lifecycle_notification_url: new.lifecycle_notification_url,
        resource: new.resource,
        client_state: new.client_state,
        include_resource_data: new.include_resource_data,
        encryption_certificate_id: new.encryption_certificate_id,
        tenant: holder.tenant.clone(),
        recipient: encrypted,
    })
}

/// What was asked for, or the longest that there is.
fn expiry(world: &World, text: &str) -> Result<OffsetDateTime, Refusal> {
    let now = OffsetDateTime::now_utc();
    let wanted = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| invalid("expirationDateTime must be RFC 3339"))?;
    if wanted <= now {
        return Err(invalid(format!("expirationDateTime {} is past", written(wanted))));
    }
    Ok(wanted.min(now + world.config.longest))
}

fn recipient(certificate: &str, id: Option<&String>) -> Result<Recipient, Refusal> {
    let id = id.ok_or_else(|| invalid("encryptionCertificate needs encryptionCertificateId"))?;
    let der = STANDARD.decode(certificate).ok();
    der.and_then(|der| Recipient::new(id.clone(), &der))
        .ok_or_else(|| invalid("encryptionCertificate must be a certificate for RSA in base64"))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "InvalidRequest", message.into())
}

fn missing() -> Refusal {
    Refusal(
        StatusCode::NOT_FOUND,
        "ResourceNotFound",
        "The object was not found.".to_owned(),
    )
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        let Self(status, code, message) = self;
        let inner = json!({"date": written(OffsetDateTime::now_utc()), "request-id": Uuid::new_v4().to_string()});
        let error = json!({"code": code, "message": message, "innerError": inner});
        HttpResponse::build(*status).json(json!({"error": error}))
    }
}
