use std::time::Duration;

use actix_web::{HttpResponse, web};
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::faults::Endpoint;
use crate::world::{Holder, World};
use crate::x509;
use crate::{Client, ClientSecret};

const LIFE: Duration = Duration::from_secs(3599);

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[derive(Deserialize)]
pub struct Grant {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    scope: String,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// `POST /{tenant}/oauth2/v2.0/token`.
pub async fn token(world: web::Data<World>, tenant: web::Path<String>, grant: web::Form<Grant>) -> HttpResponse {
    if let Some(answer) = world.faults.meet(Endpoint::Token).await {
        return answer;
    }
    if grant.grant_type != "client_credentials" {
        return refused(400, "unsupported_grant_type", "only client_credentials is");
    }
    if !grant.scope.ends_with("/.default") {
        return refused(400, "invalid_scope", "the scope must end with /.default");
    }
    if let Err(reason) = proven(&world.config.clients, &tenant, &grant) {
        return refused(401, "invalid_client", reason);
    }
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let is_id = Uuid::parse_str(&tenant).is_ok();
    let holder = Holder {
        client: grant.client_id.clone(),
        tenant: if is_id {
            tenant.into_inner()
        } else {
            world.config.tenant.clone()
        },
        until: OffsetDateTime::now_utc() + LIFE,
    };
    world.holders.lock().insert(token.clone(), holder);
    let life = LIFE.as_secs();
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(json!({"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token}))
}

/// `GET /common/discovery/v2.0/keys`.
pub async fn keys(world: web::Data<World>) -> HttpResponse {
    match world.faults.meet(Endpoint::Keys).await {
        Some(answer) => answer,
        None => HttpResponse::Ok().json(world.signer.lock().published()),
    }
}

fn refused(status: u16, error: &str, description: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(json!({"error": error, "error_description": description}))
}

fn proven(clients: &[Client], tenant: &str, grant: &Grant) -> Result<(), &'static str> {
    let known = clients.iter().find(|client| client.id == grant.client_id);
    if known.is_none() && !clients.is_empty() {
        return Err("AADSTS700016: there is no such application");
    }
    let secret = known.map(|client| &client.secret);
    match (&grant.client_secret, &grant.client_assertion) {
        (Some(given), None) => match secret {
            Some(ClientSecret::Text(text)) if text != given => Err("AADSTS7000215: invalid client secret"),
            Some(ClientSecret::Certificate(_)) => Err("AADSTS7000215: it has a certificate, not a secret"),
            _ => Ok(()),
        },
        (None, Some(assertion)) if grant.client_assertion_type.as_deref() == Some(ASSERTION) => {
            let certificate = match secret {
                Some(ClientSecret::Certificate(certificate)) => Some(certificate.as_slice()),
                Some(ClientSecret::Text(_)) => return Err("AADSTS700027: it has a secret, not a certificate"),
                None => None,
            };
            vouched(assertion, certificate, tenant, &grant.client_id).ok_or("AADSTS700027: invalid client assertion")
        }
        _ => Err("AADSTS7000216: either client_secret or client_assertion is needed"),
    }
}

/// Whether the assertion is what Microsoft's page on certificate credentials describes, signed by `certificate` where that is known.
fn vouched(assertion: &str, certificate: Option<&[u8]>, tenant: &str, client: &str) -> Option<()> {
    let (message, signature) = assertion.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let (header, claims) = (part(header)?, part(claims)?);
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let sound = text(&header, "alg")? == "PS256"
        && text(&claims, "aud")?.ends_with(&format!("/{tenant}/oauth2/v2.0/token"))
        && text(&claims, "iss")? == client
        && text(&claims, "sub")? == client
        && !text(&claims, "jti")?.is_empty()
        && number("nbf")? <= now + 300
        && (now..=now + 900).contains(&number("exp")?);
    let thumbprint = text(&header, "x5t#S256")?;
    if let Some(certificate) = certificate {
        let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, x509::public_key(certificate)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        key.verify(message.as_bytes(), &signature).ok()?;
        if thumbprint != URL_SAFE_NO_PAD.encode(Sha256::digest(certificate)) {
            return None;
        }
    }
    sound.then_some(())
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
