//! What this crate reads of bytes that come from outside, as functions of these bytes alone.
//!
//! Handlers read with the same functions and then act on what they read; nothing here acts. They are public so that a fuzzer can
//! reach them without a server (`tests/fuzzing`).

use actix_web::http::header::HeaderValue;
use serde::de::DeserializeOwned;
use tenon_assets::{Position, SortKey};
use tenon_kernel::Version;

use crate::cursor::Binding;
use crate::dto::assets::{self, AssetQuery, NewAsset};
use crate::dto::devices::NewDeviceBody;
use crate::dto::messages::NewMessage;
use crate::dto::prekeys::UploadBody;
use crate::dto::{audit, page};
use crate::error::ApiError;
use crate::etag::{self, Condition};
use crate::extract::{self, reading};
use crate::middleware;
use crate::socket::examine;
use crate::webhook;

/// A frame of `tenon.v1`, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The client's own name for it, as JSON: a whole number or a text.
    pub id: Option<String>,
    /// The code with which it is refused, if it is.
    pub refused: Option<&'static str>,
}

/// Reads a frame of `tenon.v1`.
pub fn tenon_frame(text: &str) -> Frame {
    let (id, refused) = examine(text);
    Frame { id, refused }
}

/// The listings that have cursors, by what a place in them consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Those in the order of their ids: all but the following.
    ById,
    AssetsByCreation,
    AssetsByUpdate,
    AssetsByTitle,
    Audit,
}

impl Listing {
    fn binding(self) -> Binding {
        match self {
            Self::ById => Binding::new("sites"),
            Self::AssetsByCreation | Self::AssetsByUpdate | Self::AssetsByTitle => Binding::new("assets"),
            Self::Audit => Binding::new("audit"),
        }
    }

    fn place(self, position: &[u8]) -> Result<Vec<u8>, ApiError> {
        let asset =
            |key| assets::read_position(key, position).map(|position: Position| assets::write_position(&position));
        match self {
            Self::ById => page::read_id::<()>(position).map(|id| id.uuid().as_bytes().to_vec()),
            Self::AssetsByCreation => asset(SortKey::CreatedAt),
            Self::AssetsByUpdate => asset(SortKey::UpdatedAt),
            Self::AssetsByTitle => asset(SortKey::Title),
            Self::Audit => audit::read_position(position).map(audit::write_position),
        }
    }
}

/// A cursor whose checksum is right, whatever its position says.
pub fn write_cursor(listing: Listing, position: &[u8]) -> String {
    listing.binding().write(position)
}

/// Reads a cursor, and writes out again where it points.
///
/// # Errors
///
/// What the client is told.
pub fn cursor(listing: Listing, text: &str) -> Result<Vec<u8>, ApiError> {
    listing.place(&listing.binding().read(text)?)
}

/// The text is no list of entity tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEntityTags;

/// Reads `If-Match` or `If-None-Match`: the versions whose strong tags it names, or nothing for `*`.
///
/// # Errors
///
/// [`NoEntityTags`]. A handler says which header it was.
pub fn condition(text: &str) -> Result<Option<Vec<i64>>, NoEntityTags> {
    match etag::parse(text).ok_or(NoEntityTags)? {
        Condition::Any => Ok(None),
        Condition::Tags(tags) => {
            let strong = tags.into_iter().filter(|tag| !tag.weak);
            Ok(Some(strong.filter_map(etag::Tag::version).map(Version::get).collect()))
        }
    }
}

/// Reads the value of `Idempotency-Key`.
pub fn idempotency_key(value: &[u8]) -> Option<String> {
    extract::idempotency_key(&HeaderValue::from_bytes(value).ok()?)
}

/// Whether the value of `Host` is a host with or without a port.
pub fn is_host(value: &[u8]) -> bool {
    middleware::is_host(value)
}

/// Reads the query of a handshake of Microsoft Graph: nothing without a token, and the token if it may be repeated, or else what Graph is
/// told.
pub fn handshake(query: &str) -> Option<Result<String, ApiError>> {
    webhook::token(query)
}

/// Reads the query of a listing of assets.
///
/// # Errors
///
/// What the client is told.
pub fn asset_query(query: &str) -> Result<(), ApiError> {
    let query: AssetQuery = reading::query(query)?;
    query.listing(&Binding::new("assets")).map(drop)
}

/// Bodies of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    Asset,
    Device,
    Message,
    Prekeys,
}

/// Reads the body of a request as JSON.
///
/// # Errors
///
/// What the client is told.
pub fn body(body: Body, bytes: &[u8]) -> Result<(), ApiError> {
    match body {
        Body::Asset => json::<NewAsset>(bytes)?.draft().map(drop),
        Body::Device => json::<NewDeviceBody>(bytes)?.device().map(drop),
        Body::Message => json::<NewMessage>(bytes)?.parse().map(drop),
        Body::Prekeys => json::<UploadBody>(bytes)?.upload().map(drop),
    }
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    reading::json(bytes)
}
