//! What routes take from a request.

mod body;
mod caller;
mod conditions;
mod holder;
mod once;
mod path;
mod query;
mod raw;
pub(crate) mod reading;
#[cfg(test)]
mod tests;

pub(crate) use body::{Body, BodyRules};
pub(crate) use caller::{Caller, Operator, Origin, User};
pub(crate) use conditions::{IfMatch, IfNoneMatch};
pub(crate) use holder::{Holder, PublishEvents, ReadAssets, ReadPlaces, ReadRooms, WriteAssets};
pub(crate) use once::{InFlight, Repeatable, idempotency_key};
pub(crate) use path::At;
pub(crate) use query::Query;
pub(crate) use raw::RawBody;
