use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tenon_accounts::{ApiKeyToken, Claims};
use tenon_messages::DeviceId;
use utoipa::IntoParams;

use crate::dto::Check;
use crate::dto::messages::number;
use crate::error::{API_KEY_REFUSED, ApiError, ORIGIN_NOT_ALLOWED, TOKEN_INVALID, TOKEN_MISSING};
use crate::middleware::{Context, bearer};
use crate::{Api, sealed};

/// What a socket speaks.
pub(super) const PROTOCOL: &str = "tenon.v1";

/// Begins the entry among the subprotocols that is a token: a browser's only way to send one beside the query.
const TOKEN_ENTRY: &str = "bearer.";

/// What tickets are sealed for.
const CONTEXT: &[u8] = b"ticket for a socket";

/// Who wants a socket, where no header can say so.
#[derive(Deserialize, IntoParams, Default)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Credentials {
    /// A ticket of `POST /api/ws/ticket`.
    #[param(value_type = Option<String>)]
    ticket: Option<SecretString>,
    /// An access token, if the installation allows it here.
    #[param(value_type = Option<String>)]
    token: Option<SecretString>,
    /// Which of the user's devices this is: it gets the messages for that device alone, too. 0 without it.
    #[param(value_type = Option<u32>)]
    device: Option<String>,
}

impl Credentials {
    /// Which device it is.
    pub(super) fn device(&self) -> Result<DeviceId, ApiError> {
        let mut check = Check::query();
        let device = check.optional("device", self.device.as_deref(), |text| DeviceId::new(number(text)?));
        check.finish(|| Some(device.unwrap_or_default()))
    }
}

/// What the token of a handshake says: of `Authorization`, a ticket, a subprotocol, or the query, in this order.
pub(super) async fn recognize(api: &Api, request: &HttpRequest, query: &Credentials) -> Result<Claims, ApiError> {
    let headers = request.headers();
    if let Some(token) = bearer(headers) {
        return match Context::of(request).actor {
            Some(Err(refusal)) => Err(refusal.into()),
            Some(Ok(_)) | None => claims(api, token),
        };
    }
    if let Some(ticket) = &query.ticket {
        let token = redeem(api, ticket.expose_secret()).await?;
        return claims(api, token.expose_secret());
    }
    if let Some(token) = protocols(headers).find_map(|entry| entry.strip_prefix(TOKEN_ENTRY)) {
        return claims(api, token);
    }
    match &query.token {
        Some(token) if api.settings.sockets.token_in_query => claims(api, token.expose_secret()),
        Some(_) | None => Err(ApiError::new(&TOKEN_MISSING)),
    }
}

/// Sockets belong to people, who are present in rooms and get messages.
fn claims(api: &Api, token: &str) -> Result<Claims, ApiError> {
    if ApiKeyToken::is_meant(token) {
        return Err(
            ApiError::new(&API_KEY_REFUSED).detail("Sockets are for people who have signed in, not for API keys.")
        );
    }
    Ok(api.accounts.recognize(token)?)
}

/// The subprotocols that the client offers.
pub(super) fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

/// Lets in pages of the origins that may use the API, pages of this very host, and whoever is no page.
pub(crate) fn admit(api: &Api, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let own = origin
        .split_once("://")
        .is_some_and(|(_, authority)| host.is_some_and(|host| host.eq_ignore_ascii_case(authority)));
    if own || api.settings.cors_origins.iter().any(|allowed| allowed == origin) {
        return Ok(());
    }
    Err(ApiError::new(&ORIGIN_NOT_ALLOWED))
}

/// A ticket for whom this token speaks: the token itself, sealed. It counts for as long as it is remembered that it was not
/// used.
pub(super) async fn issue(api: &Api, token: &str, life: std::time::Duration) -> Result<String, ApiError> {
    let ticket = sealed::seal(&*api.seal, token.as_bytes(), CONTEXT)?;
    api.tickets.issue(sealed::digest(&ticket), life).await?;
    Ok(ticket)
}

async fn redeem(api: &Api, ticket: &str) -> Result<SecretString, ApiError> {
    let invalid = || ApiError::new(&TOKEN_INVALID).detail("The ticket is not valid, or was used before.");
    let token = sealed::open(&*api.seal, ticket, CONTEXT).ok_or_else(invalid)?;
    let token = String::from_utf8(token).map_err(|_| invalid())?;
    if !api.tickets.redeem(sealed::digest(ticket)).await? {
        return Err(invalid());
    }
    Ok(token.into())
}
