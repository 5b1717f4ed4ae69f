//! What Microsoft Graph posts.

use tenon_graph::{is_batch, read};
use tenon_http::parsers;
use tenon_kernel::Timestamp;
use tenon_microsoft::parsers::{key_of, usable_keys, vouched};

/// Our application id, and when all of it happens.
const CLIENT: &str = "8e460676-ae3f-4b1e-8790-ee0fb5d6148f";
const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

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

/// The first byte chooses: a validation token, its claims, or the list of keys that it may be signed with. Claims vouch for nobody but our
/// application, and for no directory without a name.
pub fn tokens(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind % 3 {
        0 => drop(key_of(&crate::text(rest))),
        1 => {
            if let Ok(verified) = vouched(rest, &[CLIENT.to_owned()], NOW) {
                assert!(verified.client == CLIENT && !verified.tenant.is_empty());
            }
        }
        _ => assert!(usable_keys(rest).is_none_or(|count| count <= rest.len())),
    }
}
