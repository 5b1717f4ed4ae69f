//! What happens around every route. [`Edge`] is outermost: request id, log, security headers, problem documents,
//! compression. [`Gate`] is around each resource: authentication, limits, timeout, panics.

mod compression;
mod context;
mod cors;
mod edge;
mod gate;
mod guessers;
mod head;
mod request_id;
mod security;
mod shield;
mod standing;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod upload;

pub(crate) use context::{Context, Refusal};
pub(crate) use cors::cors;
pub(crate) use edge::Edge;
pub(crate) use gate::{Class, Gate, ask_again, bearer};
pub(crate) use guessers::Guessers;
pub(crate) use head::is_host;
