//! Tenon's HTTP interface: routes, what goes over the wire, and what happens around every request.
//!
//! A request goes through `middleware::Edge` and `middleware::Gate` to a handler, which turns the wire's types into the
//! domain's, calls one service and renders the answer. [`serve`] starts it; [`openapi()`] describes it.
//!
//! Architecture Invariant: this crate knows domain services and no adapter. A status code is named in `error` and
//! nowhere else, and no failure leaves without a problem document.

mod api;
mod client;
mod cursor;
mod drain;
mod dto;
mod early;
mod error;
mod etag;
mod extract;
mod health;
pub mod lines;
mod metrics;
mod middleware;
mod openapi;
pub mod parsers;
mod problem;
mod queues;
mod reply;
mod routes;
mod sealed;
mod server;
mod socket;
mod socketio;
mod vitals;
mod webhook;

pub use api::{Api, ApiSettings, Timeouts};
pub use drain::Drain;
pub use dto::activity::render;
pub use early::Early;
pub use error::{ApiError, FieldError, KINDS, Kind};
pub use health::Health;
pub use openapi::{DOCUMENT, openapi};
pub use queues::Queues;
pub use server::{Beside, Serving, serve};
pub use socket::{SocketSettings, Sockets};
pub use vitals::OwnVitals;
pub use webhook::WebhookMeter;
