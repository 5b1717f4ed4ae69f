use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{Error, web};
use tenon_kernel::{Actor, Clock, Member};
use tracing::Instrument;

use super::request_id::{RequestId, RequestIds, X_REQUEST_ID};
use super::upload::{Holding, Upload};
use super::{Context, compression, head, security};
use crate::Api;
use crate::Health;
use crate::error::{ApiError, Kind};
use crate::metrics::Traffic;
use crate::problem::{self, Failed};

/// Goes around everything: gives each request an id and a span, turns failures into problem documents, adds the headers
/// that every answer has, and writes the line of the log.
pub(crate) struct Edge(Rc<Setup>);

struct Setup {
    clock: Arc<dyn Clock>,
    ids: RequestIds,
    reveal_causes: bool,
    behind_tls: bool,
    health: Arc<Health>,
    traffic: web::Data<Traffic>,
}

impl Edge {
    pub fn new(api: &web::Data<Api>, traffic: &web::Data<Traffic>) -> Self {
        let (clock, health) = (Arc::clone(&api.clock), Arc::clone(&api.health));
        let (reveal_causes, behind_tls) = (api.settings.reveal_causes, api.settings.behind_tls);
        Self::counting(clock, reveal_causes, behind_tls, health, traffic.clone())
    }

    /// What it answers is told to nobody.
    pub fn with(clock: Arc<dyn Clock>, reveal_causes: bool, behind_tls: bool, health: Arc<Health>) -> Self {
        let traffic = web::Data::new(Traffic::default());
        Self::counting(clock, reveal_causes, behind_tls, health, traffic)
    }

    fn counting(
        clock: Arc<dyn Clock>,
        reveal_causes: bool,
        behind_tls: bool,
        health: Arc<Health>,
        traffic: web::Data<Traffic>,
    ) -> Self {
        let ids = RequestIds::new(clock.now());
        Self(Rc::new(Setup {
            clock,
            ids,
            reveal_causes,
            behind_tls,
            health,
            traffic,
        }))
    }
}

impl<S, B> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let setup = Rc::clone(&self.0);
        ready(Ok(EdgeService { service, setup }))
    }
}

pub(crate) struct EdgeService<S> {
    service: S,
    setup: Rc<Setup>,
}

impl<S, B> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let setup = Rc::clone(&self.setup);
        let id = setup.ids.take(request.headers(), setup.clock.now());
        let trace = traceparent(request.headers());
        let span = tracing::info_span!("request", id = id.as_str(), trace);
        let answering = setup.health.answering();
        let upload = Upload::watch(&mut request);
        let answer = match head::check(request.headers()) {
            Ok(()) => Ok(span.in_scope(|| self.service.call(request))),
            Err(error) => Err(request.error_response(error)),
        };
        let whole = async move {
            let response = match answer {
                Ok(answer) => setup.finish(answer.await?, &id),
                Err(refused) => setup
                    .finish(refused, &id)
                    .map_body(|_, body| EitherBody::right(body.boxed())),
            };
            let response = if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                // What was the request's body belongs to the new protocol now.
                response
            } else {
                settle(compression::compress(response), upload).await
            };
            setup.traffic.answered(&response, started.elapsed());
            log(&response, started);
            drop(answering);
            Ok(response)
        };
        Box::pin(whole.instrument(span))
    }
}

impl Setup {
    fn finish<B: MessageBody>(&self, response: ServiceResponse<B>, id: &RequestId) -> ServiceResponse<EitherBody<B>> {
        let mut response = self.explained(response, id);
        let is_api = response.request().path().starts_with("/api/");
        let headers = response.headers_mut();
        security::protect(headers, is_api, self.behind_tls);
        headers.insert(X_REQUEST_ID.clone(), id.header());
        if self.health.is_draining() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        response
    }

    /// Gives a failure its problem document; headers that are there already stay.
    fn explained<B: MessageBody>(
        &self,
        response: ServiceResponse<B>,
        id: &RequestId,
    ) -> ServiceResponse<EitherBody<B>> {
        let status = response.status();
        let failed = status.is_client_error() || status.is_server_error();
        // Health says how it is in its own words.
        let explains_itself = response.response().error().is_none() && is_json(response.headers());
        if !failed || explains_itself {
            return response.map_into_left_body();
        }
        let foreign;
        let error = match response.response().error() {
            Some(error) => match error.as_error::<ApiError>() {
                Some(error) => error,
                None => {
                    foreign = foreign_error(status, error);
                    &foreign
                }
            },
            None => {
                foreign = ApiError::new(Kind::of(status));
                &foreign
            }
        };
        if error.cause().is_some() && error.kind().status().is_server_error() {
            let causes = problem::causes(error).join(": ");
            tracing::error!(code = error.kind().code, causes, "the request failed");
        }
        let failed = Failed {
            path: response.request().path(),
            request_id: id.as_str(),
            at: self.clock.now(),
            reveal: self.reveal_causes && error.kind().status().is_server_error(),
        };
        let mut problem = problem::render(error, &failed);
        for (name, value) in response.headers() {
            if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
                problem.headers_mut().append(name.clone(), value.clone());
            }
        }
        response.into_response(problem.map_into_right_body())
    }
}

/// A failure that the framework or its CORS middleware found. What it says of the client's own mistake is for the client.
fn foreign_error(status: StatusCode, error: &Error) -> ApiError {
    let known = ApiError::new(Kind::of(status));
    match status.is_client_error() {
        true => known.detail(format!("{error}.")),
        false => known.because(error.to_string()),
    }
}

/// The trace that the request belongs to (W3C Trace Context, section 3.2), if it says so well.
fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_right = |(place, byte)| {
        if matches!(place, 2 | 35 | 52) {
            byte == b'-'
        } else {
            is_digit(byte)
        }
    };
    (text.len() == 55 && text.bytes().enumerate().all(is_right)).then_some(text)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json")
}

/// Sees to what is left of the request's body.
async fn settle<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B>>,
    upload: Option<Upload>,
) -> ServiceResponse<EitherBody<B>> {
    let Some(mut upload) = upload else { return response };
    if upload.drained().await {
        return response;
    }
    response.map_body(|_, answer| {
        let answer = answer.boxed();
        EitherBody::right(BoxBody::new(Holding { answer, upload }))
    })
}

fn log<B: MessageBody>(response: &ServiceResponse<B>, started: Instant) {
    let request = response.request();
    let bytes = match response.response().body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(size) => Some(size),
        BodySize::Stream => None,
    };
    let Context { actor, asked, .. } = Context::of(request);
    let (user, api_key) = match actor {
        Some(Ok(Actor::Member(Member { user, .. }))) => (Some(tracing::field::display(user)), None),
        Some(Ok(Actor::ApiKey(holder))) => (None, Some(tracing::field::display(holder.key))),
        Some(Ok(Actor::Operator { .. }) | Err(_)) | None => (None, None),
    };
    let elapsed = started.elapsed();
    tracing::info!(
        method = request.method().as_str(),
        path = request.path(),
        route = asked.route(),
        status = response.status().as_u16(),
        ms = elapsed.as_micros() as f64 / 1000.0,
        bytes,
        user,
        api_key,
        "answered"
    );
}
