use std::fmt::Write as _;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap};
use actix_web::{Error, HttpRequest, web};
use tenon_accounts::{ApiKeyToken, KeyRefusal};
use tenon_kernel::{Actor, KeyHolder, Member, Quota, Standing};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::shield::shielded;
use super::standing::Policy;
use super::{Context, Guessers, Refusal};
use crate::Api;
use crate::client::{self, Network};
use crate::error::{ApiError, UNSUPPORTED_ENCODING};
use crate::metrics::Asked;
use crate::problem;

/// How the requests to a path are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Not at all: health.
    Free,
    /// By address: what guesses passwords and makes accounts.
    Auth,
    /// By principal; by address without one.
    Api,
    /// Not at all, and the answer may be held back until there is something to say: the polls of Socket.IO, which counts what
    /// its clients do by itself.
    Held,
}

impl Class {
    /// What it is called where requests are counted.
    fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Auth => "auth",
            Self::Api => "api",
            Self::Held => "held",
        }
    }
}

/// Stands before a resource: finds out who asks, counts the request, bounds its time and catches its panics.
pub(crate) struct Gate(Rc<Setup>);

struct Setup {
    api: web::Data<Api>,
    guessers: web::Data<Guessers>,
    class: Class,
    policy: Policy,
    asked: Asked,
    /// How long a request may take altogether.
    patience: Duration,
}

impl Gate {
    /// Before whatever has no path of its own.
    pub fn new(api: &web::Data<Api>, guessers: &web::Data<Guessers>, class: Class) -> Self {
        Self::at(api, guessers, class, Asked::NOWHERE)
    }

    /// Before a path, which is counted by its template.
    pub fn at(api: &web::Data<Api>, guessers: &web::Data<Guessers>, class: Class, template: &'static str) -> Self {
        let quota: Quota = match class {
            Class::Auth => api.settings.auth_quota,
            Class::Api | Class::Free | Class::Held => api.settings.api_quota,
        };
        let patience = match class {
            Class::Held => api.settings.sockets.dead + api.settings.timeouts.handler,
            Class::Auth | Class::Api | Class::Free => api.settings.timeouts.handler,
        };
        let policy = Policy::new(quota);
        let (api, guessers) = (api.clone(), guessers.clone());
        Self(Rc::new(Setup {
            api,
            guessers,
            class,
            policy,
            asked: Asked::new(class.name(), template),
            patience,
        }))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Gate
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = GateService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(GateService {
            service: Rc::new(service),
            setup: Rc::clone(&self.0),
        }))
    }
}

pub(crate) struct GateService<S> {
    service: Rc<S>,
    setup: Rc<Setup>,
}

impl<S, B> Service<ServiceRequest> for GateService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        let setup = Rc::clone(&self.setup);
        Box::pin(async move {
            let context = setup.recognize(&request).await;
            context.attach(&request);
            let standing = setup.count(&context).await;
            let mut response = match setup.admit(standing.as_ref(), request.headers()) {
                Ok(()) => shielded(&*service, request, setup.patience).await,
                Err(error) => request.error_response(error),
            };
            if let Some(standing) = stricter(&response).or(standing) {
                setup.policy.tell(&standing, response.headers_mut());
            }
            Ok(response)
        })
    }
}

impl Setup {
    async fn recognize(&self, request: &ServiceRequest) -> Context {
        if matches!(self.class, Class::Free | Class::Held) {
            return Context {
                asked: self.asked,
                ..Context::default()
            };
        }
        let address = client::address(
            request.peer_addr(),
            request.headers(),
            &self.api.settings.trusted_proxies,
        );
        let actor = match bearer(request.headers()) {
            Some(token) if ApiKeyToken::is_meant(token) => {
                let network = Network(address).to_string();
                Some(self.holder(token, &network).await.map(Actor::ApiKey))
            }
            Some(token) => Some(self.api.accounts.authenticate(token).map_err(Refusal::Token)),
            None => None,
        };
        let asked = self.asked;
        Context { actor, address, asked }
    }

    async fn holder(&self, token: &str, network: &str) -> Result<KeyHolder, Refusal> {
        let access = &self.api.access;
        match access.recall(token) {
            Some(outcome) => told(Ok(outcome)),
            None if self.guessers.has(network, self.api.clock.now()) => Err(Refusal::UnknownKey),
            None => told(timeout(self.patience, access.look_up(token)).await),
        }
    }

    async fn count(&self, context: &Context) -> Option<Standing> {
        let mut key = String::with_capacity(48);
        // Writing to a string cannot fail.
        let _ = match (self.class, context.actor) {
            (Class::Free | Class::Held, _) => return None,
            (Class::Api, Some(Ok(Actor::Member(Member { user, .. })))) => write!(key, "user:{user}"),
            (Class::Api, Some(Ok(Actor::Operator { .. }))) => write!(key, "operator"),
            (Class::Api, Some(Ok(Actor::ApiKey(holder)))) => write!(key, "key:{}", holder.key),
            (Class::Api, Some(Err(_)) | None) | (Class::Auth, _) => write!(key, "ip:{}", Network(context.address)),
        };
        let standing = self.api.limits.take(&self.policy.quota, &key).await;
        // What guesses passwords has a smaller quota, which says nothing of keys.
        if let (Class::Api, Some(Err(Refusal::UnknownKey))) = (self.class, context.actor) {
            let network = Network(context.address).to_string();
            self.guessers.note(network, &standing, self.api.clock.now());
        }
        Some(standing)
    }

    fn admit(&self, standing: Option<&Standing>, headers: &HeaderMap) -> Result<(), ApiError> {
        if let Some(standing) = standing.filter(|standing| !standing.allowed()) {
            return Err(ApiError::limited(*standing));
        }
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Err(ApiError::new(&UNSUPPORTED_ENCODING));
        }
        Ok(())
    }
}

/// Refuses a request whose token has come to speak for nobody since its head came.
pub(crate) async fn ask_again(request: &HttpRequest) -> Result<(), Refusal> {
    let api = request.app_data::<web::Data<Api>>();
    let (Some(Ok(actor)), Some(api), Some(token)) = (Context::of(request).actor, api, bearer(request.headers())) else {
        return Ok(());
    };
    if let Actor::Member(_) | Actor::Operator { .. } = actor {
        return api.accounts.authenticate(token).map(drop).map_err(Refusal::Token);
    }
    let outcome = match api.access.recall(token) {
        Some(outcome) => Ok(outcome),
        None => timeout(api.settings.timeouts.handler, api.access.look_up(token)).await,
    };
    told(outcome).map(drop)
}

/// What came of looking an API key up.
fn told(outcome: Result<Result<KeyHolder, KeyRefusal>, Elapsed>) -> Result<KeyHolder, Refusal> {
    let cause = match outcome {
        Ok(Ok(holder)) => return Ok(holder),
        Ok(Err(KeyRefusal::Unknown)) => return Err(Refusal::UnknownKey),
        Ok(Err(KeyRefusal::Expired)) => return Err(Refusal::ExpiredKey),
        Ok(Err(KeyRefusal::Unavailable(error))) => problem::chain(&error).join(": "),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::error!(cause, "cannot look an API key up");
    Err(Refusal::Unavailable)
}

/// Where the account stands that a request tried, when that is what it was refused for.
fn stricter(response: &ServiceResponse<BoxBody>) -> Option<Standing> {
    response.response().error()?.as_error::<ApiError>()?.standing()
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1); the scheme's case does not matter.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
