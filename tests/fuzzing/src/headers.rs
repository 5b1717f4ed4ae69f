//! `If-Match`, `If-None-Match`, `Idempotency-Key` and `Host`.

use tenon_http::parsers::{condition, idempotency_key, is_host};

/// What is read can be written again, and says the same.
pub fn conditions(bytes: &[u8]) {
    if let Some(key) = idempotency_key(bytes) {
        assert_eq!(key.as_bytes(), bytes);
        assert!((1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if is_host(bytes) {
        let strange = |byte: &u8| !byte.is_ascii_graphic() || b",/?#@\\\"<>{}|^`".contains(byte);
        assert!(!bytes.is_empty() && !bytes.iter().any(strange), "{bytes:?}");
    }
    if let Ok(Some(versions)) = condition(&crate::text(bytes)) {
        assert!(versions.iter().all(|version| *version > 0), "{versions:?}");
        let tags: Vec<_> = versions.iter().map(|version| format!("\"v{version}\"")).collect();
        if !tags.is_empty() {
            assert_eq!(condition(&tags.join(", ")), Ok(Some(versions)));
        }
    }
}
