//! Tokens as Microsoft issues them, and as it does not.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_kernel::Timestamp;

pub const CLIENT: &str = "8e460676-ae3f-4b1e-8790-ee0fb5d6148f";
pub const TENANT: &str = "84bd8158-6d4d-4958-8b9f-9d6445542f95";
pub const PUBLISHER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";

pub struct Issuer {
    key: RsaKeyPair,
    pub kid: &'static str,
}

impl Issuer {
    pub fn new(kid: &'static str) -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self { key, kid }
    }

    pub fn modulus(&self) -> Vec<u8> {
        self.key
            .public_key()
            .modulus()
            .big_endian_without_leading_zero()
            .to_vec()
    }

    pub fn jwk(&self) -> Value {
        let exponent = self.key.public_key().exponent().big_endian_without_leading_zero();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(self.modulus()),
            "e": URL_SAFE_NO_PAD.encode(exponent),
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        })
    }

    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({"alg": "RS256", "typ": "JWT", "kid": self.kid}), claims)
    }

    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}

/// What a version 2.0 token of Graph says at `now`.
pub fn claims(now: Timestamp) -> Value {
    json!({
        "aud": CLIENT,
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "iat": now.as_seconds(),
        "nbf": now.as_seconds(),
        "exp": now.as_seconds() + 3600,
        "azp": PUBLISHER,
        "tid": TENANT,
        "ver": "2.0",
    })
}

/// `claims` with one of them changed, or gone where `value` is null.
pub fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}
