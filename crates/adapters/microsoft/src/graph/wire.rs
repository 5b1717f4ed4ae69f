//! The JSON of Graph's subscriptions.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tenon_graph::{Granted, PublicCertificate, RemoteError, RemoteId, Wanted};
use tenon_kernel::{Timestamp, Unavailable};

use crate::web::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    id: String,
    expiration_date_time: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Failure {
    error: Reason,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reason {
    code: String,
    message: String,
}

pub(super) fn creation(wanted: &Wanted) -> Value {
    let mut body = json!({
        "changeType": wanted.change_types,
        "notificationUrl": wanted.notification_url,
        "lifecycleNotificationUrl": wanted.notification_url,
        "resource": wanted.resource,
        "expirationDateTime": wanted.expires_at.to_string(),
        "clientState": wanted.client_state.expose_secret(),
        "latestSupportedTlsVersion": "v1_2",
    });
    if let Some(certificate) = &wanted.certificate {
        add_certificate(&mut body, certificate);
        add(&mut body, "includeResourceData", json!(true));
    }
    body
}

pub(super) fn renewal(until: Timestamp, certificate: Option<&PublicCertificate>) -> Value {
    let mut body = json!({"expirationDateTime": until.to_string()});
    if let Some(certificate) = certificate {
        add_certificate(&mut body, certificate);
    }
    body
}

fn add_certificate(body: &mut Value, certificate: &PublicCertificate) {
    add(body, "encryptionCertificate", json!(STANDARD.encode(&certificate.der)));
    add(body, "encryptionCertificateId", json!(certificate.id));
}

fn add(body: &mut Value, name: &str, value: Value) {
    if let Some(members) = body.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

pub(super) fn granted(answer: &Answer) -> Result<Granted, RemoteError> {
    let subscription: Subscription = answer.json()?;
    let expires_at =
        Timestamp::parse(&subscription.expiration_date_time).map_err(|error| Unavailable::new(super::PEER.0, error))?;
    Ok(Granted {
        id: RemoteId(subscription.id),
        expires_at,
    })
}

/// The code and the message of an OData error, empty where there is none.
pub(super) fn reason(answer: &Answer) -> (String, String) {
    let failure = answer.json_if::<Failure>().unwrap_or_default();
    (failure.error.code, failure.error.message)
}
