//! What Tenon says to Microsoft and believes of it: the calls of Graph that subscriptions need, the tokens that let it in, the
//! keys that Microsoft signs with, and the envelopes of notifications with resource data.
//!
//! Architecture Invariant: nothing is sent to an address that an answer or a tenant names. The two base addresses are
//! configuration, redirects are not followed, and what an organization chose is one segment of a path.

mod claims;
mod config;
mod envelope;
mod graph;
mod keys;
pub mod parsers;
mod sign_in;
mod web;

pub use config::{AddressError, Addresses};
pub use envelope::AwsLcEnvelope;
pub use graph::GraphClient;
pub use keys::PublishedKeys;
pub use web::StartError;
