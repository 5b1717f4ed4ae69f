//! Bodies of requests and queries of listings: whatever they say, the client is told what is wrong with it and never that the server is.

use tenon_http::ApiError;
use tenon_http::parsers::{Body, asset_query, body};

fn is_the_clients<T>(read: Result<T, ApiError>) {
    if let Err(error) = read {
        assert_eq!(error.kind().status(), 400, "{error:?}");
        assert!(error.describe().ends_with('.'), "{error:?}");
    }
}

/// The first byte chooses: an asset, a message, or a query.
pub fn requests(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind % 3 {
        0 => is_the_clients(body(Body::Asset, rest)),
        1 => is_the_clients(body(Body::Message, rest)),
        _ => is_the_clients(asset_query(&crate::text(rest))),
    }
}

/// The first byte chooses: a device, or prekeys that it brings.
pub fn keys(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let kind = if kind % 2 == 0 { Body::Device } else { Body::Prekeys };
    is_the_clients(body(kind, rest));
}
