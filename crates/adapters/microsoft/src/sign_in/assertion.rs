use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde_json::json;
use sha2::{Digest, Sha256};
use tenon_graph::RemoteError;
use tenon_kernel::{Timestamp, Unavailable};
use uuid::Uuid;

pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Microsoft wants five to ten minutes at most.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// A client assertion (RFC 7523) as Microsoft's page on certificate credentials wants it: PS256, with the certificate's SHA-256
/// digest in the header.
pub(super) fn sign(
    client: &str,
    audience: &str,
    certificate: &[u8],
    private_key: &[u8],
    now: Timestamp,
) -> Result<SecretString, RemoteError> {
    let key = RsaKeyPair::from_pkcs8(private_key).map_err(|_| RemoteError::Refused {
        status: 400,
        code: "invalid_private_key".to_owned(),
        message: "the private key is no RSA key in PKCS #8".to_owned(),
    })?;
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate));
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint});
    let claims = json!({
        "aud": audience,
        "iss": client,
        "sub": client,
        "jti": Uuid::new_v4().to_string(),
        "iat": now.as_seconds(),
        "nbf": now.as_seconds(),
        "exp": now.plus(LIFE).as_seconds(),
    });
    let mut token = [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
        .join(".");
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
        .map_err(|_| Unavailable::new("signing", "RSA-PSS failed"))?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(SecretString::from(token))
}
