//! What Microsoft Graph posts.

use tenon_graph::{is_batch, read};
use tenon_http::parsers;

/// What is kept as a batch can be read as one, and says of itself only what can be looked up.
pub fn post(bytes: &[u8]) {
    let posted = read(bytes);
    assert_eq!(posted.is_ok(), is_batch(bytes));
    let Ok(posted) = posted else { return };
    assert!(posted.items.len() <= 10_000);
    for item in posted.items {
        assert!(item.subscription.len() <= 200 && !item.subscription.contains('\0'));
    }
}

/// What is repeated in the answer to a handshake is short text without markup.
pub fn handshake(bytes: &[u8]) {
    if let Some(Ok(token)) = parsers::handshake(&crate::text(bytes)) {
        assert!((1..=2048).contains(&token.len()));
        assert!(
            !token.contains(|c: char| c.is_control() || c == '<' || c == '>'),
            "{token:?}"
        );
    }
}
