use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tenon_kernel::{Timestamp, Unavailable};
use zeroize::Zeroizing;

use crate::PublicCertificate;

/// As what Tenon signs in to Microsoft's identity platform.
#[derive(Clone)]
pub struct App {
    /// The directory: a UUID, or a domain name.
    pub tenant: String,
    /// The application (client) id, a UUID.
    pub client: String,
    pub secret: AppSecret,
}

/// How an app proves itself.
#[derive(Clone)]
pub enum AppSecret {
    /// `client_secret`.
    Secret(SecretString),
    /// A signed assertion (RFC 7523): the certificate and its RSA key in PKCS #8, both DER.
    Certificate {
        certificate: Vec<u8>,
        private_key: Zeroizing<Vec<u8>>,
    },
}

/// The id that Graph gives a subscription. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteId(pub String);

/// A subscription to be created.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Comma-separated: `created,updated,deleted`.
    pub change_types: String,
    /// Where notifications are posted to, those of the lifecycle too.
    pub notification_url: String,
    pub resource: String,
    pub expires_at: Timestamp,
    pub client_state: SecretString,
    /// With it, notifications carry the encrypted resource.
    pub certificate: Option<PublicCertificate>,
}

/// What Graph gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    pub id: RemoteId,
    /// May be sooner than what was asked for.
    pub expires_at: Timestamp,
}

/// Why Graph did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// 404: it knows no such subscription (any more).
    #[error("Graph knows no such subscription")]
    NotFound,
    /// 4xx otherwise: asking again as it is will not help. Never holds a secret.
    #[error("Graph refused: {status} {code}: {message}")]
    Refused { status: u16, code: String, message: String },
    /// 429, or 503 with `Retry-After`: not before this time is over.
    #[error("Graph wants to be asked again in {0:?}")]
    Throttled(Duration),
    /// No answer, or 5xx.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Graph's side of subscriptions. Signs in by itself: an access token is kept until five minutes before its end, and asked for once.
///
/// No method may be called while a lock or a transaction is held, because Graph calls back during creation.
#[async_trait]
pub trait Remote: Send + Sync {
    /// `POST /v1.0/subscriptions`. A 404 is [`RemoteError::Refused`] here, as there is no subscription yet that could be unknown.
    async fn create(&self, app: &App, wanted: &Wanted) -> Result<Granted, RemoteError>;

    /// `PATCH /v1.0/subscriptions/{id}`: a later end and, when given, another certificate.
    async fn renew(
        &self,
        app: &App,
        id: &RemoteId,
        until: Timestamp,
        certificate: Option<&PublicCertificate>,
    ) -> Result<Granted, RemoteError>;

    /// `POST /v1.0/subscriptions/{id}/reauthorize`.
    async fn reauthorize(&self, app: &App, id: &RemoteId) -> Result<(), RemoteError>;

    /// `DELETE /v1.0/subscriptions/{id}`. One that is not there is deleted.
    async fn delete(&self, app: &App, id: &RemoteId) -> Result<(), RemoteError>;
}
