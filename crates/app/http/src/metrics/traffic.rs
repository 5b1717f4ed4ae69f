use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::middleware::Context;

/// In seconds; a request is given up after 15, and a poll that is held back is not measured by these.
const BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0,
];

/// What a request is counted as: only what there are few of, whatever clients send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    class: &'static str,
    route: &'static str,
}

impl Default for Asked {
    fn default() -> Self {
        Self::new("none", Self::NOWHERE)
    }
}

impl Asked {
    /// The route of what has no path of its own.
    pub const NOWHERE: &str = "other";

    /// A request to a path with this template.
    pub fn new(class: &'static str, route: &'static str) -> Self {
        Self { class, route }
    }

    /// The template of the path, if it has one of its own.
    pub fn route(self) -> Option<&'static str> {
        (self.route != Self::NOWHERE).then_some(self.route)
    }
}

/// The requests that were answered.
pub(crate) struct Traffic {
    requests: Family<Request, Counter>,
    seconds: Family<Kind, Histogram, fn() -> Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    class: &'static str,
    status: &'static str,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }
}

impl Traffic {
    /// Counts an answer that took so long.
    pub fn answered<B>(&self, response: &ServiceResponse<B>, took: Duration) {
        let Asked { class, route } = Context::of(response.request()).asked;
        let status = response.status().as_u16();
        let method = name(response.request().method());
        self.requests.get_or_create(&Request { method, route, status }).inc();
        let status = hundreds(status);
        let seconds = self.seconds.get_or_create(&Kind { class, status });
        seconds.observe(took.as_secs_f64());
    }

    /// Lets them be printed.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "tenon_http_requests",
            "Requests that were answered, by method, path and status",
            self.requests.clone(),
        );
        registry.register(
            "tenon_http_request_duration_seconds",
            "From the head of a request to the head of its answer, by class of limits and kind of status",
            self.seconds.clone(),
        );
    }
}

/// A method that there is, or `other`: clients may make up as many as they like.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn hundreds(status: u16) -> &'static str {
    match status {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
