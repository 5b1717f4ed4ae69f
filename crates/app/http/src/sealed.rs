//! What is given to a client to be brought back, and is to be read by nobody else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tenon_kernel::{Seal, Unavailable};

/// Seals it, as text for an address or a header; only the same `context` opens it.
///
/// # Errors
///
/// [`Unavailable`] without randomness.
pub(crate) fn seal(seal: &dyn Seal, plain: &[u8], context: &[u8]) -> Result<String, Unavailable> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(seal.seal(plain, context)?))
}

/// Nothing when it is not what [`seal`] gave for this context.
pub(crate) fn open(seal: &dyn Seal, text: &str, context: &[u8]) -> Option<Vec<u8>> {
    seal.open(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?, context).ok()
}

/// What it is remembered by.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
