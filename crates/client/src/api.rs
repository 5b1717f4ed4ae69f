//! The server's REST interface, as far as a messenger needs it. The wire types are this crate's own.

mod http;
mod keys;
mod mail;
mod people;
mod problem;

pub(crate) use http::Http;
pub(crate) use keys::LINES;
pub use keys::{AccountKey, PrekeyCount};
pub use mail::{Accepted, NewMessage};
pub use people::{Account, Member, Organization};
pub use problem::{ApiError, Refusal};
