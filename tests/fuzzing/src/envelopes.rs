//! Resource data that Microsoft Graph encrypts.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tenon_graph::{Certificate, EncryptedContent, Envelope};
use tenon_microsoft::AwsLcEnvelope;
use zeroize::Zeroizing;

/// What OpenSSL encrypted, and what is in it.
struct Vector {
    certificate: Certificate,
    content: EncryptedContent,
}

const RESOURCE: &str = include_str!("../../../crates/adapters/microsoft/tests/vectors/resource.json");

static VECTOR: LazyLock<Vector> = LazyLock::new(|| {
    let whole = include_str!("../../../crates/adapters/microsoft/tests/vectors/rich.json");
    let whole: Value = serde_json::from_str(whole).unwrap();
    let part = |name: &str| whole["encryptedContent"][name].as_str().unwrap().to_owned();
    let certificate = Certificate {
        id: "vector".to_owned(),
        thumbprint: part("encryptionCertificateThumbprint").to_uppercase(),
        private_key: Zeroizing::new(STANDARD.decode(whole["privateKey"].as_str().unwrap()).unwrap()),
    };
    let content = EncryptedContent {
        data: part("data"),
        data_signature: part("dataSignature"),
        data_key: part("dataKey"),
        certificate_id: part("encryptionCertificateId"),
        certificate_thumbprint: part("encryptionCertificateThumbprint"),
    };
    Vector { certificate, content }
});

/// The first byte says which parts are exchanged: for the text that follows, for its bytes in base64, or for the true part with a byte
/// changed. What opens is what was encrypted.
pub fn open(bytes: &[u8]) {
    let &[which, place, ref rest @ ..] = bytes else { return };
    let mut content = VECTOR.content.clone();
    let exchange = |part: &mut String| match which >> 4 {
        0 => *part = crate::text(rest),
        1 => *part = STANDARD.encode(rest),
        _ => {
            let mut true_bytes = STANDARD.decode(&*part).unwrap_or_default();
            let place = usize::from(place) * (true_bytes.len() / 256 + 1);
            if let Some(byte) = true_bytes.get_mut(place) {
                *byte ^= rest.first().copied().unwrap_or(0);
            }
            *part = STANDARD.encode(true_bytes);
        }
    };
    match which % 5 {
        0 => exchange(&mut content.data),
        1 => exchange(&mut content.data_signature),
        2 => exchange(&mut content.data_key),
        3 => content.certificate_thumbprint = crate::text(rest),
        _ => {}
    }
    if let Ok(opened) = AwsLcEnvelope.open(&VECTOR.certificate, &content) {
        assert_eq!(opened.as_slice(), RESOURCE.as_bytes());
        // The data is signed whole, so that what opened is what was sent.
        assert_eq!(
            STANDARD.decode(&content.data).ok(),
            STANDARD.decode(&VECTOR.content.data).ok()
        );
    }
}
